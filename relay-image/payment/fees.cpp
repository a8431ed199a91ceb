#include "relay-image/payment/fees.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/array.hpp>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr int kKindMax = 65535;
constexpr int kListedKindsMax = 100;  ///< A wider range is told by its price alone.
constexpr int kDeletion = 5;
constexpr int kVanish = 62;
constexpr int kZapRequest = 9734;
constexpr int kZapReceipt = 9735;

json::object Fee(const Fees& fees, money::Amount amount)
{
    json::object fee{{"unit", fees.unit()}};
    // NIP-11 has numbers here; an amount beyond 64 bits cannot be configured.
    fee["amount"] = amount.ToInt64().value_or(0);
    return fee;
}

json::array KindsOf(const KindRange& range)
{
    json::array kinds;
    for (int kind = range.first; kind <= range.last; ++kind) kinds.emplace_back(kind);
    return kinds;
}

std::optional<int> ReadKind(std::string_view text)
{
    int kind = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), kind);
    if (!IsPlainDecimal(text) || read.ec != std::errc{} || kind > kKindMax) return std::nullopt;
    return kind;
}

}  // namespace

bool Fees::Any() const
{
    return admission > money::Amount{} || subscription > money::Amount{} ||
           std::ranges::any_of(publication,
                               [](const auto& price) { return price.amount > money::Amount{}; });
}

money::Amount Fees::PriceOf(int kind) const
{
    const auto found = std::ranges::find_if(
        publication, [&](const auto& price) { return price.kinds.Holds(kind); });
    return found == publication.end() ? money::Amount{} : found->amount;
}

std::string_view Fees::unit() const { return asset == "btc" ? "msats" : "drops"; }

bool Fees::IsFreeKind(int kind) const
{
    return kind == kDeletion || kind == kVanish ||
           std::ranges::any_of(free_kinds, [&](const auto& range) { return range.Holds(kind); });
}

std::string ZapRecipient(const nostr::Event& event)
{
    return event.kind == kZapReceipt ? event.TagValue("p").value_or("") : "";
}

bool IsZapReceiptTo(const nostr::Event& event, const std::string& member)
{
    if (member.empty() || ZapRecipient(event) != member || !event.TagValue("bolt11")) return false;
    const auto description = event.TagValue("description").value_or("");
    const auto request = ReadEvent(description);
    return request && request->kind == kZapRequest && request->TagValue("p") == member &&
           nostr::VerifyEvent(*request);
}

Result<KindRange> ParseKinds(std::string_view text)
{
    if (text == "*") return KindRange{0, kKindMax};
    const auto dash = text.find('-');
    const auto first = ReadKind(text.substr(0, dash));
    const auto last = dash == text.npos ? first : ReadKind(text.substr(dash + 1));
    if (!first || !last || *last < *first) {
        return Fail(ErrorCode::kInvalid, "BAD_KINDS",
                    "\"" + std::string{text} + "\" is not a kind, a range of kinds or *.");
    }
    return KindRange{*first, *last};
}

json::object FeesDocument(const Fees& fees)
{
    json::object document;
    if (fees.admission > money::Amount{}) {
        document["admission"] = json::array{Fee(fees, fees.admission)};
    }
    if (fees.subscription > money::Amount{}) {
        auto fee = Fee(fees, fees.subscription);
        fee["period"] = fees.period.count();
        document["subscription"] = json::array{std::move(fee)};
    }
    json::array publication;
    for (const auto& price : fees.publication) {
        if (price.amount == money::Amount{}) continue;
        auto fee = Fee(fees, price.amount);
        if (price.kinds.last - price.kinds.first < kListedKindsMax) {
            fee["kinds"] = KindsOf(price.kinds);
        }
        publication.push_back(std::move(fee));
    }
    if (!publication.empty()) document["publication"] = std::move(publication);
    return document;
}

}  // namespace berth::relay
