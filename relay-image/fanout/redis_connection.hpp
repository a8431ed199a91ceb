#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "core/base/error.hpp"
#include "relay-image/fanout/redis_address.hpp"

struct redisContext;

namespace berth::relay {

/// What Redis answers, or sends by itself.
struct RedisReply {
    enum class Kind { kText, kNumber, kError, kList, kNothing };

    Kind kind = Kind::kNothing;
    std::string text;                ///< Of kText and kError.
    std::int64_t number = 0;         ///< Of kNumber.
    std::vector<std::string> items;  ///< Of kList: its texts; what is no text is empty.
};

/// One connection to Redis that never blocks, but for the look-up of its name. Not thread-safe.
/// Errors: kUnavailable `REDIS_UNAVAILABLE`, after which it is of no use.
class RedisConnection {
public:
    /// Begins to connect.
    static Result<RedisConnection> Open(const RedisAddress& address);

    /// Queues a command.
    void Send(std::initializer_list<std::string_view> words);
    /// What to wait for by poll.
    pollfd Waiting() const;
    /// Writes and reads what `events` of poll allow; returns what has come.
    Result<std::vector<RedisReply>> Work(short events);

private:
    struct Closer {
        void operator()(redisContext* context) const;
    };

    explicit RedisConnection(redisContext* context) : context_{context} {}
    Error Failed() const;
    Result<std::vector<RedisReply>> Collect();

    std::unique_ptr<redisContext, Closer> context_;
    bool unsent_ = false;
};

}  // namespace berth::relay
