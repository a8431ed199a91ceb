#include "core/rails/rippled/rippled_ledger.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "core/rails/rippled/rippled_answer.hpp"

namespace berth::rails::rippled {

namespace json = boost::json;

Result<json::object> RippledLedger::Ask(std::string_view method, json::object parameters,
                                        Deadline deadline) const
{
    json::array list;
    list.emplace_back(std::move(parameters));
    json::object body{{"method", method}};
    body.emplace("params", std::move(list));
    const auto answer = probe::Fetch({.method = "POST",
                                      .url = options_.url,
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = json::serialize(body)},
                                     options_.route, deadline);
    if (!answer) {
        const auto& error = answer.error();
        if (error.code == ErrorCode::kTimeout) return error;
        return Fail(ErrorCode::kUnavailable, "LEDGER_UNAVAILABLE", error.message);
    }
    if (answer->status != 200) {
        return Fail(ErrorCode::kUnavailable, "LEDGER_UNAVAILABLE",
                    "The ledger answered with status " + std::to_string(answer->status) + '.');
    }
    return ReadRippledResult(answer->body);
}

Result<std::string> RippledLedger::Network(Deadline deadline)
{
    const auto info = Ask("server_info", {}, deadline);
    if (!info) return info.error();
    return ReadNetwork(*info);
}

Result<Time> RippledLedger::CloseTime(std::int64_t ledger, Deadline deadline) const
{
    const auto header = Ask("ledger", {{"ledger_index", "validated"}}, deadline);
    if (!header) return header.error();
    return ReadCloseTime(*header, ledger);
}

Result<std::optional<ChannelOnChain>> RippledLedger::Read(const std::string& channel_id,
                                                          Deadline deadline)
{
    const auto entry = Ask(
        "ledger_entry", {{"payment_channel", channel_id}, {"ledger_index", "validated"}}, deadline);
    if (!entry) return entry.error();
    auto channel = ReadChannel(*entry, channel_id);
    if (!channel || !*channel) return channel;
    const auto closed = CloseTime((*channel)->ledger, deadline);
    if (!closed) return closed.error();
    (*channel)->ledger_time = *closed;
    return channel;
}

}  // namespace berth::rails::rippled
