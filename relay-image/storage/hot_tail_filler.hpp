#pragma once

#include <memory>

#include "core/base/clock.hpp"
#include "core/base/rounds.hpp"
#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/hot_tail.hpp"

namespace berth::relay {

/// Reads one page of the store into the tail; false if there is no room, nothing older, or the
/// store does not answer.
bool FillPage(EventSource& store, HotTail& tail, std::int64_t now);

/// The thread that fills the tail, from the newest events on, at the start and whenever room was
/// made or what it knew was lost.
class HotTailFiller {
public:
    HotTailFiller(const EventStoreFactory& factory, HotTail& tail, const Clock& clock);

private:
    const std::unique_ptr<EventStore> store_;
    HotTail& tail_;
    const Clock& clock_;
    Rounds rounds_;
};

}  // namespace berth::relay
