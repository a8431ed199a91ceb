#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "relay-image/protocol/filter.hpp"
#include "relay-image/session/filter_room.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// One REQ of a connection. Until its stored events are sent, live ones are held back, so that EOSE
/// parts the two and no event comes twice.
struct Subscription {
    std::uint64_t serial = 0;  ///< Tells a new REQ from an older one of the same name.
    std::vector<Filter> filters;
    FilterRoom::Part room;  ///< That the filters took when it was opened.
    std::string head;       ///< What stands before an event in its messages.
    bool live = false;      ///< EOSE was sent.
    std::vector<EventPtr> held;
    std::uint64_t last_delivery = 0;  ///< Of which it was a candidate: it is offered an event once.

    bool Matches(const nostr::Event& event) const;
};

/// Stored events on their way to a subscription.
struct StoredReply {
    std::string subscription;
    std::uint64_t serial = 0;
    std::vector<StoredEvent> events;
    Completeness completeness = Completeness::kUnknown;
    std::size_t next = 0;  ///< The first that is not sent yet.

    /// Whether `id` (hex) is among them.
    bool Contains(const std::string& id) const;
    /// Ids (hex) of the next events whose JSON was left out, at most `most`.
    std::vector<std::string> NextIds(std::size_t most) const;
    /// Takes the JSON of the `asked` ones that NextIds gave; who is not found is gone.
    void Fill(std::size_t asked, const std::vector<StoredEvent>& found);
};

}  // namespace berth::relay
