#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {

/// Has a reader do `job`, which takes a store and returns a T, and waits for that on the I/O
/// thread. Nothing if the readers' queue is full or it takes longer than `patience`.
template <typename T, typename Job>
boost::asio::awaitable<std::optional<T>> AskReaders(boost::asio::io_context& io,
                                                    EventReaders& readers,
                                                    std::chrono::steady_clock::duration patience,
                                                    Job job)
{
    struct Waiting {
        boost::asio::steady_timer timer;
        std::optional<T> answer{};
    };
    const auto waiting =
        std::make_shared<Waiting>(Waiting{boost::asio::steady_timer{io, patience}});
    const bool posted =
        readers.Post({}, [waiting, &io, job = std::move(job)](EventStore& store) mutable {
            boost::asio::post(io, [waiting, answer = job(store)]() mutable {
                waiting->answer = std::move(answer);
                waiting->timer.cancel();
            });
        });
    boost::system::error_code woken;
    if (posted) {
        co_await waiting->timer.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    }
    co_return std::move(waiting->answer);
}

}  // namespace berth::relay
