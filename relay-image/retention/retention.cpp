#include "relay-image/retention/retention.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kPiece = 500;        ///< Events that one call looks at.
constexpr std::int64_t kRestSeconds = 600;  ///< Between two rounds.
constexpr std::int64_t kRoomShare = 20;     ///< One event in so many makes room.
constexpr std::int64_t kGrowth = 1 << 20;   ///< Bytes before room is made again.
constexpr auto kCollection = "retention";
constexpr auto kSizeKey = "bytes_when_room_was_made";

/// Bytes that the database had when room was made last; 0 if never.
Result<std::int64_t> LastSize(EventStore& store)
{
    const auto records = store.LoadRecords(kCollection);
    if (!records) return records.error();
    std::int64_t bytes = 0;
    for (const auto& [key, json] : *records) {
        if (key == kSizeKey) std::from_chars(json.data(), json.data() + json.size(), bytes);
    }
    return bytes;
}

std::string PubkeyOf(const StoredEvent& event)
{
    const auto parsed = ReadEvent(event.json);
    return parsed ? parsed->pubkey : std::string{};
}

}  // namespace

Retention::Retention(RetentionSettings settings, Classify classify, Log& log, MayForget may_forget)
    : settings_{std::move(settings)},
      classify_{std::move(classify)},
      log_{log},
      may_forget_{std::move(may_forget)}
{
}

Result<bool> Retention::Work(EventStore& store, std::int64_t now)
{
    if (settings_.empty()) return false;
    if (walks_.empty()) {
        if (now < next_round_) return false;
        const auto begun = Begin(store, now);
        if (!begun) return begun.error();
        return !walks_.empty();
    }
    const auto gone = Go(store, now, walks_.front());
    if (!gone) return gone.error();
    if (walks_.empty() && notes_size_) {
        notes_size_ = false;
        const auto noted = NoteSize(store);
        if (!noted) return noted.error();
    }
    return !walks_.empty();
}

bool Retention::WorkOrWarn(EventStore& store, std::int64_t now)
{
    const auto more = Work(store, now);
    if (!more) log_.Warning("retention is held up", {{"error", more.error().message}});
    return more && *more;
}

Result<void> Retention::Begin(EventStore& store, std::int64_t now)
{
    next_round_ = now + kRestSeconds;
    for (const auto& rule : settings_.rules) {
        walks_.push_back({.rule = rule, .counts = rule.count.has_value()});
    }
    return settings_.max_bytes > 0 ? PlanForSize(store) : Result<void>{};
}

Result<void> Retention::PlanForSize(EventStore& store)
{
    const auto size = store.Measure();
    if (!size) return size.error();
    const auto last = LastSize(store);
    if (!last) return last.error();
    // A database keeps the room of removed events to itself: more goes only once it has grown
    // again.
    const auto grown = *last == 0 ? 0 : *last + kGrowth;
    if (size->database_bytes <= std::max(settings_.max_bytes, grown)) return {};
    notes_size_ = true;
    walks_.push_back({.rule = {.authors = {AuthorClass::kOther}},
                      .makes_room = true,
                      .excess = size->events / kRoomShare + 1});
    return {};
}

Result<void> Retention::Go(EventStore& store, std::int64_t now, Walk& walk)
{
    Filter filter;
    filter.kinds = walk.rule.kinds;
    const auto page = store.Page(filter, walk.at, kPiece);
    if (!page) return page.error();
    if (!page->empty()) walk.at = {page->back().created_at, page->back().id};
    if (walk.counts) {
        walk.excess += std::ranges::count_if(
            *page, [&](const auto& event) { return IsFor(walk.rule, event); });
        if (page->empty()) BeginRemoving(walk);
        return {};
    }
    const auto doomed = ChooseDoomed(store, *page, now, walk);
    if (!doomed.empty()) {
        Filter by_id;
        by_id.ids = doomed;
        const auto removed = store.Remove(by_id, kPiece);
        if (!removed) return removed.error();
    }
    if (page->empty() || walk.over) EndWalk(walk);
    return {};
}

void Retention::BeginRemoving(Walk& walk)
{
    walk.counts = false;
    walk.at = {};
    walk.excess = std::max<std::int64_t>(walk.excess - *walk.rule.count, 0);
}

std::vector<std::string> Retention::ChooseDoomed(EventStore& store,
                                                 const std::vector<StoredEvent>& page,
                                                 std::int64_t now, Walk& walk) const
{
    const auto oldest_kept =
        walk.rule.age ? now - walk.rule.age->count() : std::numeric_limits<std::int64_t>::min();
    std::vector<std::string> doomed;
    for (const auto& event : page) {
        walk.over = event.created_at >= oldest_kept && walk.excess <= 0;
        if (walk.over) break;
        if (!IsFor(walk.rule, event)) continue;
        // What has to wait counts as gone, else younger events would go in its place.
        if (walk.excess > 0) --walk.excess;
        if (!may_forget_ || may_forget_(store, event)) doomed.push_back(ToHex(event.id));
    }
    std::ranges::sort(doomed);
    return doomed;
}

void Retention::EndWalk(const Walk& walk)
{
    const auto& authors = walk.rule.authors;
    if (walk.makes_room && walk.excess > 0 && !authors.contains(AuthorClass::kMember)) {
        const bool paid = authors.contains(AuthorClass::kPaid);
        const auto next = paid ? AuthorClass::kMember : AuthorClass::kPaid;
        walks_.push_back({.rule = {.authors = {next}}, .makes_room = true, .excess = walk.excess});
    }
    walks_.pop_front();
}

Result<void> Retention::NoteSize(EventStore& store)
{
    const auto size = store.Measure();
    if (!size) return size.error();
    return store.PutRecord(kCollection, kSizeKey, std::to_string(size->database_bytes));
}

bool Retention::IsFor(const RetentionRule& rule, const StoredEvent& event) const
{
    return !IsAlwaysKept(event.kind) && rule.authors.contains(classify_(PubkeyOf(event)));
}

Retention::Classify ClassesBy(const AccessPolicy& access,
                              std::function<bool(const std::string& pubkey)> has_paid)
{
    return [&access, has_paid = std::move(has_paid)](const std::string& pubkey) {
        if (access.IsOwner(pubkey)) return AuthorClass::kOwner;
        if (access.IsMember(pubkey)) return AuthorClass::kMember;
        return has_paid(pubkey) ? AuthorClass::kPaid : AuthorClass::kOther;
    };
}

}  // namespace berth::relay
