#pragma once

#include <algorithm>
#include <chrono>

namespace berth::relay {

/// How long to wait before the next try: twice as long each time, up to a limit.
class Backoff {
public:
    using Milliseconds = std::chrono::milliseconds;

    Backoff(Milliseconds first, Milliseconds last) : first_{first}, last_{last}, next_{first} {}

    Milliseconds Next()
    {
        const auto wait = next_;
        next_ = std::min(2 * next_, last_);
        return wait;
    }
    /// After a success.
    void Reset() { next_ = first_; }

private:
    Milliseconds first_;
    Milliseconds last_;
    Milliseconds next_;
};

}  // namespace berth::relay
