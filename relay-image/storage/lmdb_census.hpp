#pragma once

#include <cstddef>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/lmdb_environment.hpp"

namespace berth::relay {

/// Counts the kinds of all events if they are `most` at most; else of runs of neighbours, evenly
/// spread over all event numbers. Throws LmdbFailure.
KindCensus CountLmdbKinds(MDB_txn* transaction, const LmdbTables& tables, std::size_t most);

}  // namespace berth::relay
