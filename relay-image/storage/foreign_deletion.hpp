#pragma once

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Whether an event is a deletion (NIP-09) that names only what the store knows to be of others.
/// What is not known may be its author's and come later; so may what the store cannot tell now.
bool DeletesOthersOnly(EventStore& store, const nostr::Event& event);

}  // namespace berth::relay
