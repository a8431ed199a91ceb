#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/rounds.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The thread that removes what has expired and does the relay's other work on old events, a piece
/// at a time and with rests, so that a busy relay does it too and writers hardly notice.
class Housekeeper {
public:
    /// One piece of other work, called on the thread; true if there is more of it.
    using Work = std::function<bool(EventStore& store, std::int64_t now)>;

    /// `clock` and `log` outlive it.
    Housekeeper(const EventStoreFactory& factory, const Clock& clock, Log& log, Work work);

private:
    Rounds::Duration DoRound();
    bool DoPiece();
    bool RemoveExpired(std::int64_t now);

    const std::unique_ptr<EventStore> store_;
    const Clock& clock_;
    Log& log_;
    const Work work_;
    Rounds rounds_;
};

}  // namespace berth::relay
