#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "relay-image/fanout/redis_connection.hpp"
#include "relay-image/protocol/admission.hpp"

namespace berth::relay {

/// A channel of Redis, by two connections: one that publishes, one that is subscribed. Looks by
/// PING whether Redis is there. Not thread-safe. Errors: kUnavailable `REDIS_UNAVAILABLE`,
/// kForbidden `REDIS_REFUSED` (password, rights).
class RedisLink {
public:
    using Steady = std::chrono::steady_clock;

    struct Options {
        RedisAddress address;
        std::string channel;
        std::chrono::milliseconds patience{2000};    ///< With Redis, for any answer.
        std::chrono::milliseconds ping_every{5000};  ///< At least `patience`.
    };

    explicit RedisLink(Options options) : options_{std::move(options)} {}

    /// Connects anew, and returns when what is published comes back.
    Result<void> Open();
    /// Queues a message about `event`.
    void Publish(EventPtr event, std::string_view message);
    /// Works until something has come, `wake` can be read, or it is `until`; returns the messages
    /// in the channel.
    Result<std::vector<std::string>> Exchange(int wake, Steady::time_point until);

    /// Published, without an answer yet.
    std::size_t unanswered() const { return unanswered_.size(); }
    /// Hands over the same, after an error.
    std::vector<EventPtr> TakeUnanswered();
    /// Hands over what Redis took while nobody but this relay was listening.
    std::vector<EventPtr> TakeUnheard() { return std::exchange(unheard_, {}); }
    /// How many events Redis took since the last call.
    std::size_t TakeAnswered() { return std::exchange(answered_, 0); }

private:
    struct Question {
        EventPtr event;
        Steady::time_point asked;
    };

    Result<void> Greet(RedisConnection& connection, std::size_t answers, Steady::time_point limit);
    Result<void> TakeAnswers(const std::vector<RedisReply>& replies);
    Result<std::vector<std::string>> TakeMessages(std::vector<RedisReply> replies);
    Steady::time_point NextLook() const;
    Result<void> LookAfter(Steady::time_point now);

    const Options options_;
    std::optional<RedisConnection> publishing_;
    std::optional<RedisConnection> listening_;
    std::deque<Question> unanswered_;
    std::vector<EventPtr> unheard_;
    std::size_t answered_ = 0;
    Steady::time_point next_ping_{};
    std::optional<Steady::time_point> pinged_;  ///< No answer came to it yet.
};

}  // namespace berth::relay
