#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "relay-image/archive/archive_place.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The first 8 bytes of the ids of events that the archive has.
using IdHeads = std::unordered_set<std::uint64_t>;

/// The head of an id of 32 bytes.
std::uint64_t IdHeadOf(std::string_view id);

/// What was archived, as records of the store. Errors of all: those of the store.
namespace archive_journal {

/// Notes a piece that its place keeps; `ids` (32 bytes each) are in it.
Result<void> Note(EventStore& store, const ArchivedPiece& piece,
                  const std::vector<std::string>& ids);
/// All pieces, by day ascending.
Result<std::vector<ArchivedPiece>> Pieces(EventStore& store);
/// Which events of a day the archive has, as far as the relay may still have them.
Result<IdHeads> HeadsOf(EventStore& store, const std::string& day);
/// Forgets which events a day's pieces have, when the relay has none of that day any more.
Result<void> Settle(EventStore& store, const std::string& day);

}  // namespace archive_journal

}  // namespace berth::relay
