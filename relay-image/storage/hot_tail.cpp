#include "relay-image/storage/hot_tail.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_json.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/hot_query.hpp"

namespace berth::relay {
namespace {

using Limit = std::numeric_limits<std::int64_t>;

constexpr std::size_t kMaxSteps = 3000;  ///< Events that one filter may look at: some 0.2 ms.
constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kEventsAtOnce = 16;  ///< Written while readers wait.
constexpr std::size_t kMaxRemovals = 64;   ///< During one page; beyond it, the page is read again.

Error NotInMemory()
{
    return Fail(ErrorCode::kNotFound, "NOT_IN_MEMORY", "The answer is not in memory as a whole.");
}

StoredEvent Stored(const HotEvent& event)
{
    return {.id = {event.id.begin(), event.id.end()},
            .created_at = event.created_at,
            .kind = event.kind,
            .json = event.json};
}

/// What is asked for by ids; nothing if one of them may be in the store only.
std::optional<std::vector<const HotEvent*>> ByIds(const HotEvents& events, const Filter& filter,
                                                  bool holds_all, std::size_t limit,
                                                  std::int64_t now)
{
    const HotQuery query{events, filter};
    std::vector<const HotEvent*> found;
    for (const auto& id : *filter.ids) {
        const auto* event = events.Find(BytesOfHex(id));
        if (!event && !holds_all) return std::nullopt;
        if (event && event->expires_at > now && query.Matches(*event)) found.push_back(event);
    }
    std::ranges::sort(found, [](const auto* a, const auto* b) {
        return NewestFirst{}({a->created_at, a}, {b->created_at, b});
    });
    if (found.size() > limit) found.resize(limit);
    return found;
}

bool IsForGood(const HotEvent& event)
{
    return event.kind == kDeletionKind || event.kind == kVanishKind;
}

}  // namespace

Result<std::vector<StoredEvent>> HotTail::Find(const Filter& filter, const FindLimits& limits,
                                               std::int64_t now)
{
    const std::shared_lock lock{mutex_};
    const bool holds_all = complete_from_ <= std::max(filter.since, Limit::min() + 1);
    if (filter.search || complete_from_ == Limit::max()) return NotInMemory();
    const auto most = static_cast<std::size_t>(limits.events);
    const auto found = filter.ids
                           ? ByIds(events_, filter, holds_all, most, now)
                           : HotQuery{events_, filter}.Newest(
                                 most, std::max(filter.since, complete_from_), now, kMaxSteps);
    if (!found || (!filter.ids && found->size() < most && !holds_all)) return NotInMemory();
    std::vector<StoredEvent> events;
    events.reserve(found->size());
    for (const auto* event : *found) events.push_back(Stored(*event));
    return events;
}

void HotTail::OnStored(std::span<const EventPtr> events, std::span<const Verdict> verdicts)
{
    std::unordered_set<std::string_view> seen;
    for (std::size_t at = 0; at < events.size();) {
        const std::unique_lock lock{mutex_};
        const auto end = std::min(events.size(), at + kEventsAtOnce);
        for (; at < end; ++at) {
            const bool first = seen.insert(events[at]->event.id).second;
            const bool is_there =
                verdicts[at] == Verdict::kStored || verdicts[at] == Verdict::kDuplicate;
            if (first && is_there) Take(*events[at]);
        }
        Shrink();
    }
}

void HotTail::Take(const AdmittedEvent& stored)
{
    const auto& event = stored.event;
    if (event.kind == kDeletionKind || event.kind == kVanishKind) Apply(event);
    const auto address = AddressOf(event);
    if (page_ && address) page_->written.insert(*address);
    if (event.created_at < complete_from_ && !page_) {
        const auto* kept = address ? events_.At(*address) : nullptr;
        if (kept && kept->created_at < event.created_at) events_.Remove(*kept);
        return;
    }
    AddIfCurrent(event, stored.json, stored.expires_at.value_or(Limit::max()));
}

/// Adds an event that the store holds or held; of an address only the newest stays.
void HotTail::AddIfCurrent(const nostr::Event& event, EventText json, std::int64_t expires_at)
{
    if (const auto address = AddressOf(event)) {
        const auto* kept = events_.At(*address);
        const auto id = BytesOfHex(event.id);
        const bool newer =
            kept && (kept->created_at != event.created_at ? kept->created_at > event.created_at
                                                          : kept->id <= id);
        if (newer) return;
        if (kept) events_.Remove(*kept);
    }
    events_.Add(event, std::move(json), expires_at);
}

void HotTail::Apply(const nostr::Event& deletion)
{
    if (page_) page_->deletions.Add(deletion);
    const auto author = BytesOfHex(deletion.pubkey);
    if (deletion.kind == kVanishKind) {
        RemoveAll(events_.OfAuthor(author), deletion.created_at, -1);
        const auto* wraps = events_.WithTag('p', deletion.pubkey);
        RemoveAll(wraps ? &wraps->list : nullptr, deletion.created_at, kGiftWrapKind);
        return;
    }
    const auto deleted = DeletedBy(deletion);
    for (const auto& id : deleted.ids) {
        const auto* event = events_.Find(BytesOfHex(id));
        if (event && event->pubkey == author && !IsForGood(*event)) events_.Remove(*event);
    }
    for (const auto& address : deleted.addresses) {
        const auto* event = events_.At(address);
        if (event && event->created_at <= deletion.created_at) events_.Remove(*event);
    }
}

/// Removes what a list holds up to a time, of one kind or, for -1, of all but requests to vanish.
void HotTail::RemoveAll(const HotList* list, std::int64_t until, int kind)
{
    if (!list) return;
    std::vector<const HotEvent*> doomed;
    for (const auto& place : *list) {
        const bool wanted = kind < 0 ? place.event->kind != kVanishKind : place.event->kind == kind;
        if (wanted && place.created_at <= until) doomed.push_back(place.event);
    }
    for (const auto* event : doomed) events_.Remove(*event);
}

void HotTail::OnRemoved(const Filter& filter, bool all)
{
    const std::unique_lock lock{mutex_};
    if (filter.search) return ForgetAll();  // What it matches is not known here.
    const auto doomed = filter.ids ? ByIds(events_, filter, true, kNoLimit, Limit::min())
                                   : HotQuery{events_, filter}.Newest(kNoLimit, Limit::min(),
                                                                      Limit::min(), kNoLimit);
    for (const auto* event : *doomed) {
        // What the store kept of them has to be read again.
        if (!all && event->created_at >= complete_from_) complete_from_ = event->created_at + 1;
        events_.Remove(*event);
    }
    if (!page_) return;
    page_->removed.push_back(filter);
    if (!all || page_->removed.size() > kMaxRemovals) page_->forgotten = true;
}

void HotTail::OnExpired(std::int64_t now)
{
    const std::unique_lock lock{mutex_};
    for (const auto* event = events_.FirstToExpire(); event && event->expires_at <= now;
         event = events_.FirstToExpire()) {
        events_.Remove(*event);
    }
}

void HotTail::Forget()
{
    const std::unique_lock lock{mutex_};
    ForgetAll();
}

void HotTail::Trust(bool trusted)
{
    const std::unique_lock lock{mutex_};
    trusted_ = trusted;
    ForgetAll();
}

void HotTail::ForgetAll()
{
    events_.Clear();
    complete_from_ = Limit::max();
    if (page_) page_->forgotten = true;
}

std::optional<std::int64_t> HotTail::BeginPage()
{
    const std::unique_lock lock{mutex_};
    const bool room = events_.bytes() < max_bytes_ - max_bytes_ / 8;
    if (page_ || !room || !trusted_ || complete_from_ == Limit::min()) return std::nullopt;
    page_ = Meanwhile{complete_from_, {}, {}, {}, false};
    return complete_from_ - 1;
}

void HotTail::AddPage(const std::optional<std::vector<StoredEvent>>& page,
                      std::int64_t complete_from)
{
    for (const auto& stored : page.value_or(std::vector<StoredEvent>{})) {
        const auto event = ReadEvent(stored.json);
        const auto expires_at =
            event ? ExpirationOf(*event) : Result<std::optional<std::int64_t>>{};
        const std::unique_lock lock{mutex_};
        if (!event || !expires_at) page_->forgotten = true;
        if (page_->forgotten) break;
        if (!IsGone(*event)) AddIfCurrent(*event, stored.json, expires_at->value_or(Limit::max()));
    }
    const std::unique_lock lock{mutex_};
    const bool joins = page_->complete_from == complete_from_;  // Nothing was evicted between.
    if (page && !page_->forgotten && joins) complete_from_ = complete_from;
    page_.reset();
    Shrink();
}

/// Whether what happened since the page was begun took the event away.
bool HotTail::IsGone(const nostr::Event& event) const
{
    const auto address = AddressOf(event);
    return page_->deletions.TakesAway(event) || (address && page_->written.contains(*address)) ||
           std::ranges::any_of(page_->removed,
                               [&](const auto& filter) { return filter.Matches(event); });
}

void HotTail::Shrink()
{
    while (events_.bytes() > max_bytes_) {
        const auto* oldest = events_.Oldest();
        complete_from_ = std::max(complete_from_, oldest->created_at + 1);
        events_.Remove(*oldest);
    }
}

std::size_t HotTail::count() const
{
    const std::shared_lock lock{mutex_};
    return events_.count();
}

std::int64_t HotTail::complete_from() const
{
    const std::shared_lock lock{mutex_};
    return complete_from_;
}

}  // namespace berth::relay
