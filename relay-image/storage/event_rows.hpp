#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// Events of one batch as the arrays that the writing statements take, one array a column.
class EventRows {
public:
    explicit EventRows(std::span<const EventPtr> events);

    /// In the order of the store statement's `$1..$11`.
    std::vector<SqlValue> Columns() const;
    /// The addresses that the batch writes to; empty if it writes to none.
    const std::vector<std::optional<std::string>>& written_addresses() const { return written_; }

private:
    void Add(const AdmittedEvent& admitted);

    using Blobs = std::vector<std::optional<std::string>>;
    Blobs ids_, pubkeys_, sigs_, addresses_, id_tags_, tag_ids_, tags_, written_;
    std::vector<std::optional<std::int64_t>> created_, expires_;
    std::vector<int> kinds_;
    std::vector<std::string> bodies_;
};

/// What the deletions (NIP-09) of a batch take away: an author's own events only.
class DeletionRows {
public:
    explicit DeletionRows(std::span<const EventPtr> events);

    bool empty() const { return ids_.empty() && addresses_.empty(); }
    std::vector<SqlValue> IdColumns() const;       ///< ids, authors
    std::vector<SqlValue> AddressColumns() const;  ///< addresses, up to which time

private:
    void Add(const nostr::Event& deletion);

    std::vector<std::optional<std::string>> ids_, authors_, addresses_;
    std::vector<std::optional<std::int64_t>> until_;
};

/// The key of an address (`kind:pubkey:d`): its SHA-256.
std::string AddressKey(std::string_view address);

/// The event's JSON of a row `id, pubkey, created_at, kind, body, sig`.
StoredEvent EventOfRow(const Rows& rows, int row);

}  // namespace berth::relay
