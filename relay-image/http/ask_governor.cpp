#include "relay-image/http/ask_governor.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

}  // namespace

asio::awaitable<Result<boost::json::value>> AskGovernor(asio::io_context& io, Governor& governor,
                                                        Actor actor, Governor::Act act)
{
    struct Waiting {
        explicit Waiting(asio::io_context& io) : timer{io, kPatience} {}
        asio::steady_timer timer;
        Result<boost::json::value> answer =
            Fail(ErrorCode::kUnknown, "GOVERNOR_SLOW",
                 "It takes long; look whether it was done before asking again.");
    };
    const auto waiting = std::make_shared<Waiting>(io);
    const bool taken =
        governor.Submit(std::move(actor), std::move(act), [waiting, &io](auto answer) {
            asio::post(io, [waiting, answer = std::move(answer)]() mutable {
                waiting->answer = std::move(answer);
                waiting->timer.cancel();
            });
        });
    if (!taken) {
        co_return Fail(ErrorCode::kExhausted, "GOVERNOR_BUSY",
                       "Too many changes wait; try again in a moment.");
    }
    boost::system::error_code woken;
    co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return std::move(waiting->answer);
}

}  // namespace berth::relay
