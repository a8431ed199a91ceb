#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "core/base/rounds.hpp"

namespace berth::relay {

/// Until when the relay's hosting is paid for, as its marketplace tells. What it told last stands
/// while it does not answer. Thread-safe.
class HostingWatch {
public:
    /// Nothing: it is not paid for yet.
    using Ask = std::function<Result<std::optional<Time>>()>;

    struct Rests {
        std::chrono::milliseconds answered;  ///< Before the marketplace is asked again.
        std::chrono::milliseconds failed;    ///< The same, if it did not answer.
    };

    /// Asks from a thread of its own. `log` outlives the watch.
    HostingWatch(Ask ask, const Rests& rests, Log& log);

    std::optional<Time> paid_through() const;

private:
    bool Look();

    const Ask ask_;
    Log& log_;
    bool answered_ = true;  ///< The last time; used on the thread only.
    mutable std::mutex mutex_;
    std::optional<Time> paid_through_;  ///< Guarded by the mutex.
    Rounds rounds_;
};

}  // namespace berth::relay
