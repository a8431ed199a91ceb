#include "core/rails/sandbox/rpc.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"
#include "core/rails/sandbox/channel_json.hpp"
#include "core/rails/xrp.hpp"

namespace berth::rails::sandbox {
namespace {

namespace json = boost::json;

using Method = Result<json::object> (*)(Ledger&, const json::object&);

struct NamedMethod {
    Method call = nullptr;
    bool changes = false;
};

Error BadParameter(std::string_view name)
{
    return Fail(ErrorCode::kInvalid, "invalidParams", "Invalid field '" + std::string{name} + "'.");
}

Result<std::string> Text(const json::object& params, std::string_view name)
{
    const auto* value = params.if_contains(name);
    if (!value || !value->is_string()) return BadParameter(name);
    return std::string{value->get_string()};
}

Result<std::uint32_t> Number(const json::object& params, std::string_view name)
{
    const auto* value = params.if_contains(name);
    if (!value || !value->is_int64() || value->get_int64() < 0 ||
        value->get_int64() > std::numeric_limits<std::uint32_t>::max()) {
        return BadParameter(name);
    }
    return static_cast<std::uint32_t>(value->get_int64());
}

Result<std::optional<std::uint32_t>> OptionalNumber(const json::object& params,
                                                    std::string_view name)
{
    if (!params.contains(name)) return std::optional<std::uint32_t>{};
    const auto number = Number(params, name);
    if (!number) return number.error();
    return std::optional{*number};
}

Result<money::Amount> Drops(const json::object& params, std::string_view name)
{
    const auto text = Text(params, name);
    if (!text) return text.error();
    const auto drops = money::Amount::Parse(*text);
    if (!drops) return BadParameter(name);
    return *drops;
}

/// A channel id in the ledger's upper case.
Result<std::string> ChannelId(const json::object& params, std::string_view name)
{
    auto text = Text(params, name);
    if (!text) return text.error();
    if (text->size() != 64 || !FromHex(*text)) {
        return Fail(ErrorCode::kInvalid, "malformedRequest", "Malformed channel id.");
    }
    for (auto& c : *text) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    return *text;
}

/// Names the ledger that was read: only `validated` and the open one are kept.
json::object LedgerOf(const Ledger& ledger, const json::object& params)
{
    const auto* index = params.if_contains("ledger_index");
    const bool current = !index || (index->is_string() && index->get_string() == "current");
    if (current) {
        return {{"ledger_current_index", ledger.state().index + 1}, {"validated", false}};
    }
    return {{"ledger_hash", ledger.Hash()},
            {"ledger_index", ledger.state().index},
            {"validated", true}};
}

Result<void> CheckLedgerIndex(const Ledger& ledger, const json::object& params)
{
    const auto* index = params.if_contains("ledger_index");
    if (!index) return {};
    if (index->is_int64()) {
        if (index->get_int64() == ledger.state().index) return {};
        return Fail(ErrorCode::kNotFound, "lgrNotFound", "ledgerNotFound");
    }
    const auto name = index->is_string() ? index->get_string() : std::string_view{};
    if (name == "validated" || name == "closed" || name == "current") return {};
    return Fail(ErrorCode::kInvalid, "invalidParams", "ledgerIndexMalformed");
}

Result<json::object> ServerInfo(Ledger& ledger, const json::object&)
{
    const auto& state = ledger.state();
    return json::object{{"info",
                         {{"build_version", "sandbox"},
                          {"complete_ledgers", "1-" + std::to_string(state.index)},
                          {"network_id", state.network_id},
                          {"peers", 0},
                          {"server_state", "full"},
                          {"validated_ledger",
                           {{"age", 0},
                            {"base_fee_xrp", 0.00001},
                            {"hash", ledger.Hash()},
                            {"reserve_base_xrp", 1},
                            {"reserve_inc_xrp", 0.2},
                            {"seq", state.index}}},
                          {"validation_quorum", 1}}}};
}

Result<json::object> LedgerHeader(Ledger& ledger, const json::object& params)
{
    const auto& state = ledger.state();
    auto result = LedgerOf(ledger, params);
    result["ledger"] = {{"close_time", state.close_time},
                        {"close_time_resolution", 10},
                        {"closed", result.at("validated")},
                        {"ledger_hash", ledger.Hash()},
                        {"ledger_index", std::to_string(state.index)},
                        {"parent_close_time", state.parent_close_time},
                        {"total_coins", "100000000000000000"}};
    return result;
}

Result<json::object> LedgerEntry(Ledger& ledger, const json::object& params)
{
    const auto id = ChannelId(params, "payment_channel");
    if (!id) return id.error();
    const auto found = ledger.state().channels.find(*id);
    if (found == ledger.state().channels.end()) {
        return Fail(ErrorCode::kNotFound, "entryNotFound", "Requested ledger entry not found.");
    }
    auto result = LedgerOf(ledger, params);
    result["index"] = *id;
    result["node"] = ToNode(found->second);
    return result;
}

Result<json::object> AccountChannels(Ledger& ledger, const json::object& params)
{
    const auto account = Text(params, "account");
    if (!account) return account.error();
    const auto* wanted = params.if_contains("destination_account");
    if (!IsXrpAddress(*account) ||
        (wanted && (!wanted->is_string() || !IsXrpAddress(wanted->get_string())))) {
        return Fail(ErrorCode::kInvalid, "actMalformed", "Account malformed.");
    }
    if (!ledger.state().sequences.contains(*account)) {
        return Fail(ErrorCode::kNotFound, "actNotFound", "Account not found.");
    }
    const auto asked = OptionalNumber(params, "limit");
    if (!asked) return asked.error();
    const auto limit = std::clamp<std::uint32_t>(asked->value_or(200), 10, 400);
    const Result<std::string> marker =
        params.contains("marker") ? Text(params, "marker") : Result<std::string>{std::string{}};
    if (!marker) return marker.error();

    auto result = LedgerOf(ledger, params);
    json::array channels;
    const auto& all = ledger.state().channels;
    for (auto channel = all.upper_bound(*marker); channel != all.end(); ++channel) {
        if (channel->second.account != *account) continue;
        if (wanted && wanted->get_string() != channel->second.destination) continue;
        if (channels.size() == limit) {
            result["marker"] = channels.back().at("channel_id");
            break;
        }
        channels.emplace_back(ToListed(channel->second));
    }
    result["account"] = *account;
    result["limit"] = limit;
    result["channels"] = std::move(channels);
    return result;
}

json::object Done(const Ledger& ledger)
{
    return {{"engine_result", "tesSUCCESS"},
            {"ledger_index", ledger.state().index},
            {"validated", true}};
}

/// Reads the fields of a new channel; the first that is wrong is the error.
Result<Channel> ReadChannel(const json::object& params)
{
    const auto account = Text(params, "account");
    const auto destination = Text(params, "destination");
    const auto public_key = Text(params, "public_key");
    const auto amount = Drops(params, "amount");
    const auto settle_delay = Number(params, "settle_delay");
    const auto cancel_after = OptionalNumber(params, "cancel_after");
    const auto tag = OptionalNumber(params, "destination_tag");
    if (!account) return account.error();
    if (!destination) return destination.error();
    if (!public_key) return public_key.error();
    if (!amount) return amount.error();
    if (!settle_delay) return settle_delay.error();
    if (!cancel_after) return cancel_after.error();
    if (!tag) return tag.error();
    return Channel{.id = {},
                   .account = *account,
                   .destination = *destination,
                   .public_key = *public_key,
                   .amount = *amount,
                   .balance = {},
                   .settle_delay = *settle_delay,
                   .expiration = {},
                   .cancel_after = *cancel_after,
                   .destination_tag = *tag,
                   .previous_txn = {},
                   .previous_index = 0};
}

Result<json::object> CreateChannel(Ledger& ledger, const json::object& params)
{
    auto channel = ReadChannel(params);
    if (!channel) return channel.error();
    const auto id = ledger.CreateChannel(std::move(*channel));
    if (!id) return id.error();
    auto result = Done(ledger);
    result["channel_id"] = *id;
    return result;
}

Result<json::object> Finish(const Ledger& ledger, const Result<void>& applied)
{
    if (!applied) return applied.error();
    return Done(ledger);
}

template <Result<void> (Ledger::*kChange)(const std::string&)>
Result<json::object> ChangeChannel(Ledger& ledger, const json::object& params)
{
    const auto id = ChannelId(params, "channel_id");
    if (!id) return id.error();
    return Finish(ledger, (ledger.*kChange)(*id));
}

template <Result<void> (Ledger::*kChange)(const std::string&, money::Amount)>
Result<json::object> ChangeAmount(Ledger& ledger, const json::object& params)
{
    const auto id = ChannelId(params, "channel_id");
    if (!id) return id.error();
    const auto drops = Drops(params, "amount");
    if (!drops) return drops.error();
    return Finish(ledger, (ledger.*kChange)(*id, *drops));
}

Result<json::object> AdvanceTime(Ledger& ledger, const json::object& params)
{
    const auto seconds = Number(params, "seconds");
    if (!seconds) return seconds.error();
    ledger.AdvanceTime(std::chrono::seconds{*seconds});
    auto result = Done(ledger);
    result["close_time"] = ledger.state().close_time;
    return result;
}

Result<json::object> SetNetworkId(Ledger& ledger, const json::object& params)
{
    const auto network_id = Number(params, "network_id");
    if (!network_id) return network_id.error();
    ledger.SetNetworkId(*network_id);
    return Done(ledger);
}

Result<json::object> Accept(Ledger& ledger, const json::object&)
{
    ledger.Close();
    return json::object{{"ledger_current_index", ledger.state().index + 1}};
}

const std::map<std::string, NamedMethod, std::less<>> kMethods{
    {"account_channels", {AccountChannels, false}},
    {"ledger", {LedgerHeader, false}},
    {"ledger_accept", {Accept, true}},
    {"ledger_entry", {LedgerEntry, false}},
    {"sandbox_advance_time", {AdvanceTime, true}},
    {"sandbox_close_channel", {ChangeChannel<&Ledger::CloseChannel>, true}},
    {"sandbox_create_channel", {CreateChannel, true}},
    {"sandbox_fund", {ChangeAmount<&Ledger::Fund>, true}},
    {"sandbox_pay_out", {ChangeAmount<&Ledger::PayOut>, true}},
    {"sandbox_renew", {ChangeChannel<&Ledger::Renew>, true}},
    {"sandbox_request_close", {ChangeChannel<&Ledger::RequestClose>, true}},
    {"sandbox_set_network_id", {SetNetworkId, true}},
    {"server_info", {ServerInfo, false}},
};

std::optional<int> CodeOf(std::string_view error)
{
    static const std::map<std::string_view, int> kCodes{
        {"actMalformed", 35}, {"actNotFound", 19}, {"invalidParams", 31},
        {"lgrNotFound", 21},  {"unknownCmd", 32},
    };
    const auto found = kCodes.find(error);
    return found == kCodes.end() ? std::nullopt : std::optional{found->second};
}

json::object Refusal(const Error& error, const json::object& params, std::string_view command)
{
    auto request = params;
    request["command"] = command;
    json::object result{{"error", error.reason},
                        {"error_message", error.message},
                        {"request", std::move(request)},
                        {"status", "error"}};
    if (const auto code = CodeOf(error.reason)) result["error_code"] = *code;
    return result;
}

Result<json::object> Call(const NamedMethod& method, Ledger& ledger, const json::object& params)
{
    if (const auto index = CheckLedgerIndex(ledger, params); !index) return index.error();
    return method.call(ledger, params);
}

RpcAnswer Wrap(json::object result, bool changed)
{
    return {.body = json::serialize(json::object{{"result", std::move(result)}}) + "\n",
            .changed = changed};
}

/// The one object in `params`; empty if there is none.
json::object ParamsOf(const json::object& request)
{
    const auto* list = request.if_contains("params");
    if (!list || !list->is_array() || list->get_array().empty()) return {};
    const auto* params = list->get_array()[0].if_object();
    return params ? *params : json::object{};
}

}  // namespace

RpcAnswer Answer(Ledger& ledger, std::string_view request)
{
    const auto document = ParseJsonStrict(request);
    const auto* object = document ? document->if_object() : nullptr;
    const auto* name = object ? object->if_contains("method") : nullptr;
    if (!name || !name->is_string()) {
        const auto error = Fail(ErrorCode::kInvalid, "invalidParams", "Null method.");
        return Wrap(Refusal(error, {}, ""), false);
    }
    const auto params = ParamsOf(*object);
    const std::string_view command = name->get_string();
    const auto method = kMethods.find(command);
    if (method == kMethods.end()) {
        const auto error = Fail(ErrorCode::kInvalid, "unknownCmd", "Unknown method.");
        return Wrap(Refusal(error, params, command), false);
    }
    const bool changes = method->second.changes;
    auto result = Call(method->second, ledger, params);
    if (!result) return Wrap(Refusal(result.error(), params, command), changes);
    (*result)["status"] = "success";
    return Wrap(std::move(*result), changes);
}

}  // namespace berth::rails::sandbox
