#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "relay-image/archive/archive_place.hpp"
#include "relay-image/backup/sealing.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The day (UTC) of a Unix second, `2026-01-31`.
std::string DayOf(std::int64_t second);

/// Whether the archive takes an event: not what is for its readers or its relay alone (direct
/// messages, seals, gift wraps, protected events), and not what is to expire.
bool IsArchivable(const StoredEvent& event);

/// What one pass over the store came to.
struct ArchiveReport {
    std::int64_t events = 0;
    std::size_t pieces = 0;
};

/// Sends the archivable events from before `until` (Unix seconds) that the archive lacks, oldest
/// first, as compressed pieces of a day or less; with `key` they are encrypted. What a piece holds
/// is noted once its place keeps it, so that a pass that is cut off is gone on with by the next.
/// Errors: those of the store and the place; kExhausted `GIVEN_UP` as soon as `give_up` is set.
Result<ArchiveReport> ArchiveUntil(EventStore& store, ArchivePlace& place,
                                   const std::optional<BackupKey>& key, std::int64_t until,
                                   const std::atomic<bool>& give_up);

/// What was read back.
struct UnarchiveReport {
    std::size_t pieces = 0;
    std::int64_t stored = 0;
    std::int64_t others = 0;   ///< There already, replaced or deleted since.
    std::int64_t refused = 0;  ///< No events, or with a wrong id or signature.
};

/// Stores the events of pieces and notes that the archive has them. Errors: those of the store and
/// the place; kUnauthenticated `BACKUP_NOT_OPENED`; kConflict `BAD_PIECE` (the content is not what
/// the name says).
Result<UnarchiveReport> Unarchive(EventStore& store, ArchivePlace& place,
                                  const std::optional<BackupKey>& key,
                                  const std::vector<ArchivedPiece>& pieces);

}  // namespace berth::relay
