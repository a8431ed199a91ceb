#include "relay-image/archive/archiver.hpp"

#include <algorithm>
#include <set>

#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/archive/archive_journal.hpp"
#include "relay-image/backup/packing.hpp"
#include "relay-image/protocol/event_json.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kPage = 500;
constexpr std::size_t kPieceEvents = 10'000;
constexpr std::size_t kPieceBytes = 8 << 20;        ///< Of JSON; then the piece is closed.
constexpr std::size_t kMaxPiece = 4 * kPieceBytes;  ///< No event is as long as a piece.

/// For their readers alone: direct messages, seals, and what seals hold.
constexpr int kPrivateKinds[] = {4, 13, 14, 15, kGiftWrapKind};

std::string NameOf(const std::optional<BackupKey>& key, std::string_view lines)
{
    return key ? key->NameOf(lines) : ToHex(Sha256(lines));
}

/// Gathers what the archive lacks and closes a piece whenever the day ends or it is long enough.
class PieceMaker {
public:
    PieceMaker(EventStore& store, ArchivePlace& place, const std::optional<BackupKey>& key)
        : store_{store}, place_{place}, key_{key}
    {
    }

    Result<void> Add(const StoredEvent& event)
    {
        if (const auto ready = GoTo(DayOf(event.created_at)); !ready) return ready;
        if (heads_.contains(IdHeadOf(event.id)) || !IsArchivable(event)) return {};
        lines_.append(event.json).append(1, '\n');
        ids_.push_back(event.id);
        if (ids_.size() < kPieceEvents && lines_.size() < kPieceBytes) return {};
        return Close();
    }

    Result<void> Close()
    {
        if (ids_.empty()) return {};
        ArchivedPiece piece{.name = NameOf(key_, lines_),
                            .day = day_,
                            .events = static_cast<std::int64_t>(ids_.size()),
                            .reference = {}};
        auto bytes = Gzip(lines_);
        if (key_) bytes = key_->Seal(bytes, piece.name);
        auto kept = place_.Keep(piece, bytes);
        if (!kept) return kept.error();
        piece.reference = std::move(*kept);
        const auto noted = archive_journal::Note(store_, piece, ids_);
        if (!noted) return noted;
        report_.events += piece.events;
        ++report_.pieces;
        ids_.clear();
        lines_.clear();
        return {};
    }

    const ArchiveReport& report() const { return report_; }
    const std::set<std::string>& days() const { return days_; }

private:
    Result<void> GoTo(const std::string& day)
    {
        if (day == day_) return {};
        if (const auto closed = Close(); !closed) return closed;
        auto heads = archive_journal::HeadsOf(store_, day);
        if (!heads) return heads.error();
        heads_ = std::move(*heads);
        day_ = day;
        days_.insert(day);
        return {};
    }

    EventStore& store_;
    ArchivePlace& place_;
    const std::optional<BackupKey>& key_;
    std::string day_, lines_;
    std::vector<std::string> ids_;
    IdHeads heads_;
    std::set<std::string> days_;  ///< Of which there are events.
    ArchiveReport report_;
};

/// Days of pieces before `until` of which nothing is stored any more need no heads.
Result<void> SettleOthers(EventStore& store, const std::vector<ArchivedPiece>& pieces,
                          const std::set<std::string>& days, const std::string& until)
{
    std::set<std::string> gone;
    for (const auto& piece : pieces) {
        if (piece.day < until && !days.contains(piece.day)) gone.insert(piece.day);
    }
    for (const auto& day : gone) {
        if (const auto settled = archive_journal::Settle(store, day); !settled) return settled;
    }
    return {};
}

/// The events of lines whose ids and signatures are right.
std::vector<EventPtr> SoundEvents(std::string_view lines, std::int64_t& refused)
{
    std::vector<EventPtr> events;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        auto event = ReadEvent(line);
        const auto expires_at = event ? ExpirationOf(*event) : std::nullopt;
        if (!event || !expires_at || !nostr::VerifyEvent(*event)) {
            ++refused;
            continue;
        }
        auto json = nostr::ToJson(*event);
        events.push_back(std::make_shared<const AdmittedEvent>(
            AdmittedEvent{std::move(*event), std::move(json), *expires_at}));
    }
    return events;
}

std::vector<std::string> IdsOf(const std::vector<EventPtr>& events)
{
    std::vector<std::string> ids;
    for (const auto& event : events) ids.push_back(FromHex(event->event.id).value_or(""));
    return ids;
}

Result<std::string> LinesOf(ArchivePlace& place, const std::optional<BackupKey>& key,
                            const ArchivedPiece& piece)
{
    auto bytes = place.Fetch(piece);
    if (bytes && key) bytes = key->Open(*bytes, piece.name);
    if (!bytes) return bytes.error();
    auto lines = Gunzip(*bytes, kMaxPiece);
    if (lines && NameOf(key, *lines) == piece.name) return lines;
    return Fail(ErrorCode::kConflict, "BAD_PIECE",
                "The content of the piece " + piece.reference + " is not what was archived.");
}

}  // namespace

std::string DayOf(std::int64_t second) { return FormatTime(FromUnixSeconds(second)).substr(0, 10); }

bool IsArchivable(const StoredEvent& stored)
{
    if (std::ranges::count(kPrivateKinds, stored.kind) != 0) return false;
    const auto event = ReadEvent(stored.json);
    return event && std::ranges::none_of(event->tags, [](const nostr::Tag& tag) {
               return !tag.empty() && (tag[0] == "-" || tag[0] == "expiration");
           });
}

Result<ArchiveReport> ArchiveUntil(EventStore& store, ArchivePlace& place,
                                   const std::optional<BackupKey>& key, std::int64_t until,
                                   const std::atomic<bool>& give_up)
{
    PieceMaker maker{store, place, key};
    Filter filter;
    filter.until = until - 1;
    for (EventKey after;;) {
        if (give_up) return Fail(ErrorCode::kExhausted, "GIVEN_UP", "The relay is stopping.");
        const auto page = store.Page(filter, after, kPage);
        if (!page) return page.error();
        if (page->empty()) break;
        for (const auto& event : *page) {
            if (const auto added = maker.Add(event); !added) return added.error();
        }
        after = {page->back().created_at, page->back().id};
    }
    if (const auto closed = maker.Close(); !closed) return closed.error();
    const auto pieces = archive_journal::Pieces(store);
    if (!pieces) return pieces.error();
    if (const auto listed = place.List(*pieces); !listed) return listed.error();
    const auto settled = SettleOthers(store, *pieces, maker.days(), DayOf(until));
    if (!settled) return settled.error();
    return maker.report();
}

Result<UnarchiveReport> Unarchive(EventStore& store, ArchivePlace& place,
                                  const std::optional<BackupKey>& key,
                                  const std::vector<ArchivedPiece>& pieces)
{
    UnarchiveReport report;
    for (const auto& piece : pieces) {
        const auto lines = LinesOf(place, key, piece);
        if (!lines) return lines.error();
        const auto events = SoundEvents(*lines, report.refused);
        const std::span<const EventPtr> all{events};
        for (std::size_t at = 0; at < all.size(); at += kPage) {
            const auto verdicts =
                store.Store(all.subspan(at, std::min<std::size_t>(kPage, all.size() - at)));
            if (!verdicts) return verdicts.error();
            const auto stored = std::ranges::count(*verdicts, Verdict::kStored);
            report.stored += stored;
            report.others += std::ssize(*verdicts) - stored;
        }
        const auto noted = archive_journal::Note(store, piece, IdsOf(events));
        if (!noted) return noted.error();
        ++report.pieces;
    }
    return report;
}

}  // namespace berth::relay
