#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>

#include "relay-image/governance/governor.hpp"

namespace berth::relay {

/// Has the governor make an act and waits for the answer on the I/O thread. Errors: those of the
/// act; kExhausted `GOVERNOR_BUSY`; kUnknown `GOVERNOR_SLOW` (it may be made yet).
boost::asio::awaitable<Result<boost::json::value>> AskGovernor(boost::asio::io_context& io,
                                                               Governor& governor, Actor actor,
                                                               Governor::Act act);

}  // namespace berth::relay
