#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "marketplace/rpc/work_pool.hpp"

namespace berth::rpc {

/// How a call that waits is told that something changed about a topic: `wake` is called on any
/// thread until the returned object is gone, now and then also without a change. See db::Listener.
using Subscribe =
    std::function<std::shared_ptr<void>(const std::string& topic, std::function<void()> wake)>;

/// Gives a call that waits a turn on the pool whenever it is woken: never two at once, and none is
/// lost that was asked for during a turn. Thread-safe.
class Turns : public std::enable_shared_from_this<Turns> {
public:
    /// The maker has the first turn. A turn ends, sooner or later and on any thread, with Rest, or
    /// nobody ever rests again. `turn` must not own this object nor its subscription.
    Turns(WorkPool& pool, std::function<void()> turn) : pool_{pool}, turn_{std::move(turn)} {}

    /// Asks for a turn. Where the pool is full it is left out: wake-ups come again.
    void Wake();
    /// Ends a turn.
    void Rest();

private:
    enum class State { kResting, kRunning, kRunningAndWoken };

    void Begin();

    WorkPool& pool_;
    const std::function<void()> turn_;
    std::atomic<State> state_ = State::kRunning;
};

}  // namespace berth::rpc
