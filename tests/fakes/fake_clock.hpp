#pragma once

#include <mutex>

#include "core/base/clock.hpp"

namespace berth {

/// A clock that stands still until the test moves it. Thread-safe.
class FakeClock final : public Clock {
public:
    explicit FakeClock(Time now = FromUnixSeconds(1'767'225'600)) : now_{now} {}

    Time Now() const override
    {
        const std::lock_guard lock{mutex_};
        return now_;
    }

    void Advance(std::chrono::microseconds by)
    {
        const std::lock_guard lock{mutex_};
        now_ += by;
    }

private:
    mutable std::mutex mutex_;
    Time now_;
};

}  // namespace berth
