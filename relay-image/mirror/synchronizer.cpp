#include "relay-image/mirror/synchronizer.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/filter.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using negentropy::Differences;
using negentropy::Id;

constexpr auto kStepLimit = 60s;     ///< For one question to the other relay.
constexpr std::size_t kBatch = 100;  ///< Events in one question.
constexpr std::int64_t kMaxEvents = 10'000'000;
constexpr std::int64_t kPage = 500;  ///< Events asked for at once from a relay without NIP-77.
constexpr int kMaxHalvings = 24;
constexpr int kMaxSteps = 100'000;

Deadline StepDeadline() { return Deadline::After(kStepLimit); }

std::string HexOf(const Id& id) { return ToHex(std::string{id.begin(), id.end()}); }

/// A filter for so many of the ids from `from` on.
json::object FilterOf(const std::vector<Id>& ids, std::size_t from)
{
    json::array texts;
    const auto end = std::min(ids.size(), from + kBatch);
    for (auto i = from; i < end; ++i) texts.emplace_back(HexOf(ids[i]));
    return {{"ids", std::move(texts)}};
}

}  // namespace

Result<SyncReport> Synchronizer::Run(const json::object& filter, SyncDirection direction)
{
    Differences found;
    const auto reconciled = Reconcile(filter, kMaxHalvings, found);
    if (!reconciled && reconciled.error().reason == "SYNC_UNSUPPORTED") {
        return RunPlainly(filter, direction);
    }
    if (!reconciled) return reconciled.error();
    SyncReport report;
    if (direction != SyncDirection::kUp) {
        const auto done = Download(found.need, report);
        if (!done) return done.error();
    }
    if (direction != SyncDirection::kDown) {
        const auto done = Upload(found.have, report);
        if (!done) return done.error();
    }
    return report;
}

Result<void> Synchronizer::Reconcile(const json::object& filter, int halvings, Differences& found)
{
    auto done = ReconcileWhole(filter, found);
    if (done || done.error().reason != "SYNC_TOO_LARGE" || halvings == 0) return done;
    const auto parsed = ParseFilter(filter);
    const auto since = parsed->since;
    const auto until = std::min(
        parsed->until, ToUnixSeconds(rules_.clock.Now()) + rules_.limits.created_at_upper_limit);
    if (since >= until) return done;
    const auto middle = since + (until - since) / 2;
    auto older = filter;
    older["until"] = middle;
    auto newer = filter;
    newer["since"] = middle + 1;
    if (const auto half = Reconcile(older, halvings - 1, found); !half) return half.error();
    return Reconcile(newer, halvings - 1, found);
}

Result<void> Synchronizer::ReconcileWhole(const json::object& filter, Differences& found)
{
    const auto parsed = ParseFilter(filter);
    if (!parsed) return parsed.error();
    const auto keys = store_.Keys(*parsed, kMaxEvents, ToUnixSeconds(rules_.clock.Now()));
    if (!keys) return keys.error();
    std::vector<negentropy::Item> items;
    items.reserve(keys->size());
    for (const auto& key : *keys) {
        items.push_back({static_cast<std::uint64_t>(key.created_at), negentropy::IdOf(key.id)});
    }
    const negentropy::Reconciliation ours{negentropy::ItemSet{std::move(items)}};
    auto answer = remote_.OpenSync(json::serialize(filter), ours.Begin(), StepDeadline());
    for (int step = 0; step < kMaxSteps; ++step) {
        if (!answer) return answer.error();
        const auto next = ours.Continue(*answer, found);
        if (!next) return next.error();
        if (next->empty()) return remote_.CloseSync(StepDeadline());
        answer = remote_.ContinueSync(*next, StepDeadline());
    }
    return Fail(ErrorCode::kUnavailable, "SYNC_ENDLESS", "The reconciliation came to no end.");
}

Result<void> Synchronizer::Download(const std::vector<Id>& ids, SyncReport& report)
{
    for (std::size_t from = 0; from < ids.size(); from += kBatch) {
        std::vector<EventPtr> admitted;
        const auto take = [&](nostr::Event event) {
            Collect(std::move(event), admitted, report);
            return true;
        };
        const auto filter = json::serialize(FilterOf(ids, from));
        if (const auto done = remote_.FetchStored(filter, take, StepDeadline()); !done) {
            return done.error();
        }
        if (const auto done = StoreAll(admitted, report); !done) return done.error();
    }
    return {};
}

void Synchronizer::Collect(nostr::Event event, std::vector<EventPtr>& admitted, SyncReport& report)
{
    auto checked =
        Admit(std::move(event), rules_.limits, ToUnixSeconds(rules_.clock.Now()), rules_.relay_url);
    auto* sound = std::get_if<EventPtr>(&checked);
    if (sound && !IsProtected((*sound)->event)) {
        admitted.push_back(std::move(*sound));
    } else {
        ++report.refused;
    }
}

Result<SyncReport> Synchronizer::RunPlainly(const json::object& filter, SyncDirection direction)
{
    SyncReport report;
    auto theirs = ReadPages(filter, direction != SyncDirection::kUp, report);
    if (!theirs) return theirs.error();
    if (direction == SyncDirection::kDown) return report;
    const auto keys =
        store_.Keys(*ParseFilter(filter), kMaxEvents, ToUnixSeconds(rules_.clock.Now()));
    if (!keys) return keys.error();
    std::vector<Id> ours;
    for (const auto& key : *keys) ours.push_back(negentropy::IdOf(key.id));
    std::ranges::sort(ours);
    std::vector<Id> have;
    std::ranges::set_difference(ours, *theirs, std::back_inserter(have));
    if (const auto done = Upload(have, report); !done) return done.error();
    return report;
}

Result<std::vector<Id>> Synchronizer::ReadPages(json::object filter, bool keep, SyncReport& report)
{
    std::set<Id> seen;
    auto until = std::min(ParseFilter(filter)->until,
                          ToUnixSeconds(rules_.clock.Now()) + rules_.limits.created_at_upper_limit);
    filter["limit"] = kPage;
    for (int page = 0; page < kMaxSteps && until >= 0; ++page) {
        filter["until"] = until;
        std::vector<EventPtr> admitted;
        const auto known = seen.size();
        auto oldest = until;
        bool empty = true;
        const auto take = [&](nostr::Event event) {
            empty = false;
            oldest = std::min(oldest, event.created_at);
            const auto id = FromHex(event.id);
            if (!seen.insert(negentropy::IdOf(*id)).second || !keep) return true;
            Collect(std::move(event), admitted, report);
            return true;
        };
        const auto read = remote_.FetchStored(json::serialize(filter), take, StepDeadline());
        if (!read) return read.error();
        if (const auto done = StoreAll(admitted, report); !done) return done.error();
        if (empty) break;
        until = seen.size() > known ? oldest : oldest - 1;  // Of one second there may be more.
    }
    return std::vector<Id>{seen.begin(), seen.end()};
}

Result<void> Synchronizer::StoreAll(const std::vector<EventPtr>& events, SyncReport& report)
{
    if (events.empty()) return {};
    const auto verdicts = store_.Store(events);
    if (!verdicts) return verdicts.error();
    for (const auto verdict : *verdicts) {
        if (verdict == Verdict::kStored) ++report.stored;
        if (verdict == Verdict::kDeleted) ++report.refused;
    }
    return {};
}

Result<void> Synchronizer::Upload(const std::vector<Id>& ids, SyncReport& report)
{
    for (std::size_t from = 0; from < ids.size(); from += kBatch) {
        const auto filter = ParseFilter(FilterOf(ids, from));
        if (!filter) return filter.error();
        const auto found = store_.Find(*filter, kBatch, ToUnixSeconds(rules_.clock.Now()));
        if (!found) return found.error();
        std::vector<EventText> events;
        for (const auto& event : *found) events.push_back(event.json);
        const auto answers = remote_.Publish(events, StepDeadline());
        if (!answers) return answers.error();
        for (const auto& answer : *answers) ++(answer.accepted ? report.sent : report.refused);
    }
    return {};
}

}  // namespace berth::relay
