#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace berth {

/// Wall-clock time, UTC, as stored and signed.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Seconds since 1970, as Nostr events carry them.
constexpr std::int64_t ToUnixSeconds(Time time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
constexpr Time FromUnixSeconds(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }

/// RFC 3339 with milliseconds and `Z`.
std::string FormatTime(Time time);

/// The wall clock as a parameter, so that tests own the time. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time Now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time Now() const override
    {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
};

/// When a blocking call has to be back, on the monotonic clock.
class Deadline {
public:
    using Steady = std::chrono::steady_clock;

    constexpr explicit Deadline(Steady::time_point at) : at_{at} {}
    static Deadline After(std::chrono::milliseconds delay)
    {
        return Deadline{Steady::now() + delay};
    }
    static constexpr Deadline max() { return Deadline{Steady::time_point::max()}; }

    Steady::time_point at() const { return at_; }
    bool Passed() const { return (given_up_ && given_up_->load()) || Steady::now() >= at_; }
    /// Time left, never negative; capped at an hour so that it fits every API.
    std::chrono::milliseconds Left() const;
    /// The nearer of this deadline and `limit` from now.
    Deadline AtMost(std::chrono::milliseconds limit) const;
    /// This deadline, which also passes as soon as `given_up` is true. The flag must outlive it.
    Deadline OrWhen(const std::atomic<bool>& given_up) const;

private:
    Steady::time_point at_;
    const std::atomic<bool>* given_up_ = nullptr;
};

}  // namespace berth
