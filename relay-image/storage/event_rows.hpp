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

    /// In the order of the store statement's `$1..$16`.
    std::vector<SqlValue> Columns() const;
    /// The keys of the addresses that the batch writes to; empty if it writes to none.
    const std::vector<std::optional<std::string>>& written_addresses() const { return written_; }

private:
    void Add(const AdmittedEvent& admitted);
    void AddGuards(const nostr::Event& event);
    void AddReaders(const nostr::Event& wrap);

    using Blobs = std::vector<std::optional<std::string>>;
    Blobs ids_, pubkeys_, sigs_, addresses_, id_keys_, author_keys_, tag_ids_, tags_, written_;
    Blobs wrap_ids_, reader_keys_, readers_;
    std::vector<std::optional<std::int64_t>> created_, expires_, wrapped_;
    std::vector<int> kinds_;
    std::vector<std::string> bodies_;
};

/// What the deletions (NIP-09) and requests to vanish (NIP-62) of a batch take away: an author's
/// own events, and gift wraps for who vanishes.
class DeletionRows {
public:
    explicit DeletionRows(std::span<const EventPtr> events);

    bool empty() const { return targets_.empty(); }
    bool vanishes() const { return !vanished_.empty(); }
    /// Targets, authors, until when, and the ids of the events that ask for it.
    std::vector<SqlValue> Targets() const;
    /// Ids, authors, and who asks.
    std::vector<SqlValue> Ids() const;
    /// Addresses, up to which time, and who asks.
    std::vector<SqlValue> Addresses() const;
    /// Authors, the keys of their `p` tags, up to which time, and who asks.
    std::vector<SqlValue> Vanished() const;

private:
    void AddDeletion(const nostr::Event& deletion);
    void AddVanished(const nostr::Event& request);
    void AddTarget(std::string target, std::int64_t until, const nostr::Event& by);

    using Blobs = std::vector<std::optional<std::string>>;
    using Numbers = std::vector<std::optional<std::int64_t>>;
    Blobs targets_, authors_, by_;
    Blobs ids_, id_authors_, ids_by_;
    Blobs addresses_, addresses_by_;
    Blobs vanished_, reader_keys_, vanished_by_;
    Numbers until_, addresses_until_, vanished_until_;
};

/// The event's JSON of a row `id, pubkey, created_at, kind, body, sig`.
StoredEvent EventOfRow(const Rows& rows, int row);

}  // namespace berth::relay
