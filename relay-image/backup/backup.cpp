#include "relay-image/backup/backup.hpp"

#include <algorithm>
#include <set>

#include "relay-image/backup/manifest.hpp"
#include "relay-image/backup/packing.hpp"
#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kPage = 1000;
constexpr std::int64_t kPieceEvents = 10'000;
constexpr std::size_t kPieceBytes = 64 << 20;       ///< Of JSON; then the piece is closed.
constexpr std::size_t kMaxPiece = 2 * kPieceBytes;  ///< No event is as long as a piece.
constexpr std::int64_t kDay = 86'400;
constexpr auto kManifest = "manifest";

Result<BackupManifest> LoadManifest(ObjectStore& objects, const BackupKey& key)
{
    const auto sealed = objects.Get(kManifest);
    if (!sealed) return sealed.error();
    const auto text = key.Open(*sealed, kManifest);
    if (!text) return text.error();
    return ParseManifest(*text);
}

/// Gathers events into pieces and sends those that are not there yet.
class PieceWriter {
public:
    PieceWriter(ObjectStore& objects, const BackupKey& key, const BackupManifest& before)
        : objects_{objects}, key_{key}
    {
        for (const auto& piece : before.pieces) known_.insert(piece.name);
    }

    Result<void> Add(const StoredEvent& event)
    {
        const auto day = event.created_at / kDay;
        if (day != day_ || events_ >= kPieceEvents || lines_.size() > kPieceBytes) {
            if (const auto closed = Close(); !closed) return closed;
            day_ = day;
        }
        lines_.append(event.json).append(1, '\n');
        ++events_;
        return {};
    }

    Result<void> Close()
    {
        if (events_ == 0) return {};
        const auto name = "pieces/" + key_.NameOf(lines_);
        if (!known_.contains(name)) {
            const auto put = objects_.Put(name, key_.Seal(Gzip(lines_), name));
            if (!put) return put;
            ++moved_;
        }
        pieces_.push_back({name, std::exchange(events_, 0)});
        lines_.clear();
        return {};
    }

    const std::vector<BackupPiece>& pieces() const { return pieces_; }
    std::size_t moved() const { return moved_; }

private:
    ObjectStore& objects_;
    const BackupKey& key_;
    std::set<std::string> known_;
    std::vector<BackupPiece> pieces_;
    std::string lines_;
    std::int64_t events_ = 0;
    std::int64_t day_ = 0;
    std::size_t moved_ = 0;
};

/// Hands all events to `take`, oldest first.
template <typename Take>
Result<void> ForEach(EventStore& store, Take take)
{
    EventKey after;
    while (true) {
        const auto page = store.Page({}, after, kPage);
        if (!page) return page.error();
        if (page->empty()) return {};
        for (const auto& event : *page) {
            if (const Result<void> taken = take(event); !taken) return taken;
        }
        after = {page->back().created_at, page->back().id};
    }
}

Result<std::vector<BackupRecord>> ReadRecords(EventStore& store,
                                              const std::vector<std::string>& collections)
{
    std::vector<BackupRecord> all;
    for (const auto& collection : collections) {
        const auto records = store.LoadRecords(collection);
        if (!records) return records.error();
        for (const auto& [key, json] : *records) all.push_back({collection, key, json});
    }
    return all;
}

/// Erases the pieces that only the backup before needed. What stays is erased by none: harmless.
void EraseUnused(ObjectStore& objects, const BackupManifest& before, const BackupManifest& now)
{
    for (const auto& piece : before.pieces) {
        if (std::ranges::find(now.pieces, piece.name, &BackupPiece::name) != now.pieces.end()) {
            continue;
        }
        if (!objects.Erase(piece.name)) return;
    }
}

Result<std::vector<EventPtr>> EventsOf(std::string_view lines)
{
    std::vector<EventPtr> events;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        auto event = ReadEvent(line);
        if (!event) return event.error();
        const auto expires_at = ExpirationOf(*event);
        if (!expires_at) return expires_at.error();
        events.push_back(std::make_shared<const AdmittedEvent>(
            AdmittedEvent{std::move(*event), std::string{line}, *expires_at}));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    }
    return events;
}

Result<void> RestorePiece(EventStore& store, ObjectStore& objects, const BackupKey& key,
                          const std::string& name)
{
    const auto sealed = objects.Get(name);
    if (!sealed) return sealed.error();
    const auto packed = key.Open(*sealed, name);
    if (!packed) return packed.error();
    const auto lines = Gunzip(*packed, kMaxPiece);
    if (!lines) return lines.error();
    const auto events = EventsOf(*lines);
    if (!events) return events.error();
    for (std::size_t at = 0; at < events->size(); at += kPage) {
        const std::span<const EventPtr> all{*events};
        const auto stored =
            store.Store(all.subspan(at, std::min<std::size_t>(kPage, all.size() - at)));
        if (!stored) return stored.error();
    }
    return {};
}

Result<void> Compare(EventStore& store, const BackupManifest& manifest)
{
    Fingerprint fingerprint;
    std::int64_t events = 0;
    const auto counted = ForEach(store, [&](const StoredEvent& event) -> Result<void> {
        fingerprint.Add(event.id);
        ++events;
        return {};
    });
    if (!counted) return counted;
    if (events == manifest.events && fingerprint.Text() == manifest.fingerprint) return {};
    return Fail(ErrorCode::kConflict, "BACKUP_DIFFERS",
                "The store has " + std::to_string(events) +
                    " events after the restore, the backup " + std::to_string(manifest.events) +
                    "; or they are not the same.");
}

}  // namespace

Result<BackupReport> BackUp(EventStore& store, ObjectStore& objects, const BackupKey& key,
                            const std::vector<std::string>& collections, std::int64_t now,
                            const std::atomic<bool>& give_up)
{
    auto before = LoadManifest(objects, key);
    if (!before && before.error().code != ErrorCode::kNotFound) return before.error();
    const auto old = before ? std::move(*before) : BackupManifest{};
    PieceWriter writer{objects, key, old};
    Fingerprint fingerprint;
    BackupManifest manifest{
        .made_at = now, .events = 0, .fingerprint = {}, .pieces = {}, .records = {}};
    auto read = ForEach(store, [&](const StoredEvent& event) -> Result<void> {
        if (give_up) return Fail(ErrorCode::kExhausted, "GIVEN_UP", "The relay is stopping.");
        fingerprint.Add(event.id);
        ++manifest.events;
        return writer.Add(event);
    });
    if (read) read = writer.Close();
    if (!read) return read.error();
    auto records = ReadRecords(store, collections);
    if (!records) return records.error();
    manifest.fingerprint = fingerprint.Text();
    manifest.pieces = writer.pieces();
    manifest.records = std::move(*records);
    const auto put = objects.Put(kManifest, key.Seal(ToText(manifest), kManifest));
    if (!put) return put.error();
    EraseUnused(objects, old, manifest);
    return BackupReport{manifest.events, manifest.pieces.size(), writer.moved(),
                        manifest.fingerprint};
}

Result<BackupReport> Restore(EventStore& store, ObjectStore& objects, const BackupKey& key)
{
    const auto manifest = LoadManifest(objects, key);
    if (!manifest) return manifest.error();
    const auto size = store.Measure();
    if (!size) return size.error();
    for (const auto& piece : manifest->pieces) {
        const auto restored = RestorePiece(store, objects, key, piece.name);
        if (!restored) return restored.error();
    }
    for (const auto& [collection, name, json] : manifest->records) {
        const auto put = store.PutRecord(collection, name, json);
        if (!put) return put.error();
    }
    if (size->events == 0) {
        const auto same = Compare(store, *manifest);
        if (!same) return same.error();
    }
    return BackupReport{manifest->events, manifest->pieces.size(), manifest->pieces.size(),
                        manifest->fingerprint};
}

}  // namespace berth::relay
