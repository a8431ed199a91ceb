#include "core/rails/sandbox/ledger_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "core/base/file.hpp"

namespace berth::rails::sandbox {
namespace {

namespace json = boost::json;

template <typename T>
json::value Optional(const std::optional<T>& value)
{
    if (!value) return nullptr;
    return *value;
}

std::optional<std::uint32_t> Optional(const json::value& value)
{
    if (value.is_null()) return std::nullopt;
    return json::value_to<std::uint32_t>(value);
}

json::object ToJson(const Channel& channel)
{
    return {{"id", channel.id},
            {"account", channel.account},
            {"destination", channel.destination},
            {"public_key", channel.public_key},
            {"amount", channel.amount.ToString()},
            {"balance", channel.balance.ToString()},
            {"settle_delay", channel.settle_delay},
            {"expiration", Optional(channel.expiration)},
            {"cancel_after", Optional(channel.cancel_after)},
            {"destination_tag", Optional(channel.destination_tag)},
            {"previous_txn", channel.previous_txn},
            {"previous_index", channel.previous_index}};
}

std::string Text(const json::value& value) { return json::value_to<std::string>(value); }

Channel ToChannel(const json::value& value)
{
    return {.id = Text(value.at("id")),
            .account = Text(value.at("account")),
            .destination = Text(value.at("destination")),
            .public_key = Text(value.at("public_key")),
            .amount = money::Amount::Parse(Text(value.at("amount"))).value(),
            .balance = money::Amount::Parse(Text(value.at("balance"))).value(),
            .settle_delay = json::value_to<std::uint32_t>(value.at("settle_delay")),
            .expiration = Optional(value.at("expiration")),
            .cancel_after = Optional(value.at("cancel_after")),
            .destination_tag = Optional(value.at("destination_tag")),
            .previous_txn = Text(value.at("previous_txn")),
            .previous_index = json::value_to<std::uint32_t>(value.at("previous_index"))};
}

LedgerState ToState(const json::value& value)
{
    LedgerState state{
        .network_id = json::value_to<std::uint32_t>(value.at("network_id")),
        .index = json::value_to<std::uint32_t>(value.at("index")),
        .close_time = json::value_to<std::uint32_t>(value.at("close_time")),
        .parent_close_time = json::value_to<std::uint32_t>(value.at("close_time")),
        .clock_offset_seconds = value.at("clock_offset_seconds").to_number<std::int64_t>(),
        .sequences = {},
        .channels = {}};
    for (const auto& [account, sequence] : value.at("sequences").as_object()) {
        state.sequences[std::string{account}] = json::value_to<std::uint32_t>(sequence);
    }
    for (const auto& item : value.at("channels").as_array()) {
        auto channel = ToChannel(item);
        auto id = channel.id;
        state.channels.emplace(std::move(id), std::move(channel));
    }
    return state;
}

}  // namespace

Result<LedgerState> ReadLedger(const std::filesystem::path& path)
{
    if (!std::filesystem::exists(path)) return LedgerState{};
    const auto text = ReadFile(path);
    if (!text) return text.error();
    try {
        auto state = ToState(json::parse(*text));
        // Ledgers that were closed without a transaction were not written down: pass them all.
        state.index += 1'000'000;
        return state;
    } catch (const std::exception& exception) {
        return Fail(ErrorCode::kInvalid, "BAD_LEDGER_FILE",
                    path.string() + ": " + exception.what());
    }
}

Result<void> WriteLedger(const std::filesystem::path& path, const LedgerState& state)
{
    json::object sequences;
    for (const auto& [account, sequence] : state.sequences) sequences.emplace(account, sequence);
    json::array channels;
    for (const auto& [id, channel] : state.channels) channels.emplace_back(ToJson(channel));
    const json::object document{
        {"network_id", state.network_id},    {"index", state.index},
        {"close_time", state.close_time},    {"clock_offset_seconds", state.clock_offset_seconds},
        {"sequences", std::move(sequences)}, {"channels", std::move(channels)}};
    return WriteFileAtomically(path, json::serialize(document) + "\n");
}

}  // namespace berth::rails::sandbox
