#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/rails/channel_ledger.hpp"

namespace berth::rails::rippled {

/// Readers of rippled's JSON-RPC answers. Pure. Anything that is not as rippled writes it, in size,
/// type or range, is kUnavailable `LEDGER_UNAVAILABLE`; a ledger that is not validated is
/// kUnavailable `LEDGER_NOT_VALIDATED`.

/// The `result` object of an answer.
Result<boost::json::object> ReadRippledResult(std::string_view body);
/// `xrpl:<network id>` of a `server_info` result; a server that names none is on the main network,
/// 0.
Result<std::string> ReadNetwork(const boost::json::object& result);
/// The channel of a `ledger_entry` result, without `ledger_time`; nothing for `entryNotFound`.
Result<std::optional<ChannelOnChain>> ReadChannel(const boost::json::object& result,
                                                  std::string_view channel_id);
/// The close time of a `ledger` result that is not older than `ledger`.
Result<Time> ReadCloseTime(const boost::json::object& result, std::int64_t ledger);

}  // namespace berth::rails::rippled
