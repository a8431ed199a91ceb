#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "relay-image/backup/object_store.hpp"
#include "relay-image/backup/sealing.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// What a backup or a restore came to.
struct BackupReport {
    std::int64_t events = 0;
    std::size_t pieces = 0;
    std::size_t moved = 0;  ///< Pieces that had to be sent; the others were there.
    std::string fingerprint;
};

/// Copies a store's events and the records of `collections` to an object store, encrypted. Events
/// stand in pieces of a day or less, named by their content: only what differs from the backup
/// before is sent, and what it no longer holds is erased. The manifest comes last, so that a backup
/// that is cut off leaves the one before it whole. Errors: those of both stores; kUnauthenticated
/// `BACKUP_NOT_OPENED` (the backup that is there was made with another key); kExhausted
/// `GIVEN_UP` as soon as `give_up` is set.
Result<BackupReport> BackUp(EventStore& store, ObjectStore& objects, const BackupKey& key,
                            const std::vector<std::string>& collections, std::int64_t now,
                            const std::atomic<bool>& give_up);

/// Puts the backup's events and records into a store, which may have others; then, if it was empty,
/// compares count and fingerprint. Errors: as above; kInvalid `BAD_MANIFEST`, `BAD_GZIP`; kConflict
/// `BACKUP_DIFFERS`.
Result<BackupReport> Restore(EventStore& store, ObjectStore& objects, const BackupKey& key);

}  // namespace berth::relay
