#include "core/rails/rippled/rippled_answer.hpp"

#include <algorithm>
#include <limits>

#include <boost/algorithm/string/predicate.hpp>

#include "core/base/strict_json.hpp"

namespace berth::rails::rippled {
namespace {

namespace json = boost::json;

constexpr std::int64_t kRippleEpoch = 946'684'800;  // 2000-01-01, in Unix seconds.

Error Garbled(std::string_view what)
{
    return Fail(ErrorCode::kUnavailable, "LEDGER_UNAVAILABLE",
                "The ledger's answer has no usable " + std::string{what} + '.');
}

std::optional<std::uint32_t> FindUint32(const json::object& object, std::string_view name)
{
    const auto* const value = object.if_contains(name);
    if (!value) return std::nullopt;
    const auto* const number = value->if_int64();
    if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*number);
}

std::string TextOf(const json::object& object, std::string_view name)
{
    const auto* const value = object.if_contains(name);
    const auto* const text = value ? value->if_string() : nullptr;
    return text ? std::string{*text} : std::string{};
}

Time FromRippleTime(std::uint32_t seconds) { return FromUnixSeconds(kRippleEpoch + seconds); }

/// The nearer of Expiration and CancelAfter.
std::optional<Time> DeadlineOf(const json::object& node)
{
    const auto expiration = FindUint32(node, "Expiration");
    const auto cancel_after = FindUint32(node, "CancelAfter");
    if (!expiration && !cancel_after) return std::nullopt;
    constexpr auto kNever = std::numeric_limits<std::uint32_t>::max();
    return FromRippleTime(std::min(expiration.value_or(kNever), cancel_after.value_or(kNever)));
}

Result<void> RequireValidated(const json::object& result)
{
    const auto* const validated = result.if_contains("validated");
    if (validated && validated->is_bool() && validated->get_bool()) return {};
    return Fail(ErrorCode::kUnavailable, "LEDGER_NOT_VALIDATED",
                "The ledger answered from a ledger that is not validated.");
}

bool HasNumbers(const json::object& node)
{
    return FindUint32(node, "SettleDelay") &&
           std::ranges::all_of(
               std::array{"Expiration", "CancelAfter", "DestinationTag"},
               [&](const char* name) { return !node.contains(name) || FindUint32(node, name); });
}

Result<std::optional<ChannelOnChain>> ReadNode(const json::object& node,
                                               std::string_view channel_id, std::uint32_t ledger)
{
    const auto capacity = money::Amount::Parse(TextOf(node, "Amount"));
    const auto redeemed = money::Amount::Parse(TextOf(node, "Balance"));
    const bool is_it = TextOf(node, "LedgerEntryType") == "PayChannel" &&
                       boost::iequals(TextOf(node, "index"), channel_id);
    if (!is_it || !capacity || !redeemed || !HasNumbers(node)) return Garbled("channel");
    return ChannelOnChain{.channel_id = std::string{channel_id},
                          .payer = TextOf(node, "Account"),
                          .payee = TextOf(node, "Destination"),
                          .public_key = TextOf(node, "PublicKey"),
                          .capacity = *capacity,
                          .redeemed = *redeemed,
                          .settle_delay = std::chrono::seconds{*FindUint32(node, "SettleDelay")},
                          .deadline = DeadlineOf(node),
                          .close_requested = node.contains("Expiration"),
                          .destination_tag = FindUint32(node, "DestinationTag"),
                          .ledger = ledger,
                          .ledger_time = {}};
}

}  // namespace

Result<json::object> ReadRippledResult(std::string_view body)
{
    const auto parsed = ParseJsonStrict(body, {.bytes = 1 << 20});
    const auto* const answer = parsed ? parsed->if_object() : nullptr;
    const auto* const result = answer ? answer->if_contains("result") : nullptr;
    if (!result || !result->is_object()) return Garbled("result");
    return result->get_object();
}

Result<std::string> ReadNetwork(const json::object& result)
{
    const auto* const info = result.if_contains("info");
    if (!info || !info->is_object()) return Garbled("info");
    if (!info->get_object().contains("network_id")) return std::string{"xrpl:0"};
    const auto id = FindUint32(info->get_object(), "network_id");
    if (!id) return Garbled("network id");
    return "xrpl:" + std::to_string(*id);
}

Result<std::optional<ChannelOnChain>> ReadChannel(const json::object& result,
                                                  std::string_view channel_id)
{
    if (TextOf(result, "error") == "entryNotFound") return std::optional<ChannelOnChain>{};
    if (result.contains("error")) return Garbled("channel: " + TextOf(result, "error"));
    if (const auto validated = RequireValidated(result); !validated) return validated.error();
    const auto* const node = result.if_contains("node");
    const auto ledger = FindUint32(result, "ledger_index");
    if (!node || !node->is_object() || !ledger) return Garbled("channel");
    return ReadNode(node->get_object(), channel_id, *ledger);
}

Result<Time> ReadCloseTime(const json::object& result, std::int64_t ledger)
{
    if (const auto validated = RequireValidated(result); !validated) return validated.error();
    const auto* const header = result.if_contains("ledger");
    const auto index = FindUint32(result, "ledger_index");
    if (!header || !header->is_object() || !index || *index < ledger) return Garbled("close time");
    const auto seconds = FindUint32(header->get_object(), "close_time");
    if (!seconds) return Garbled("close time");
    return FromRippleTime(*seconds);
}

}  // namespace berth::rails::rippled
