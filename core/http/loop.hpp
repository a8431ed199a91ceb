#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace berth::http {

/// Waits while others work.
boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration);

/// Calls `work` again and again while `io` runs, each time `interval` after it ended.
void Repeat(boost::asio::io_context& io, std::function<void()> work,
            std::chrono::milliseconds interval);

/// Runs `io` until SIGTERM or SIGINT.
void RunUntilSignal(boost::asio::io_context& io);

}  // namespace berth::http
