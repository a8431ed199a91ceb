#include "core/http/loop.hpp"

#include <csignal>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace berth::http {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> Repeating(std::function<void()> work, std::chrono::milliseconds interval)
{
    while (true) {
        co_await Sleep(interval);
        work();
    }
}

}  // namespace

asio::awaitable<void> Sleep(std::chrono::milliseconds duration)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, duration};
    co_await timer.async_wait(asio::use_awaitable);
}

void Repeat(asio::io_context& io, std::function<void()> work, std::chrono::milliseconds interval)
{
    asio::co_spawn(io, Repeating(std::move(work), interval), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
}

void RunUntilSignal(asio::io_context& io)
{
    asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    io.run();
}

}  // namespace berth::http
