#include "relay-image/governance/governor.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxQueued = 1000;
constexpr std::int64_t kPurgeBatch = 1000;
constexpr std::size_t kMaxPurges = 200'000;
constexpr auto kLastBackoff = 5000ms;
constexpr auto kPatience = 1000ms;
constexpr auto kUnknown = "?";  ///< A revision that no store has.

Filter FilterOf(bool of_key, const std::string& subject)
{
    Filter filter;
    (of_key ? filter.authors : filter.ids) = std::vector<std::string>{subject};
    return filter;
}

RulesChange ChangeOf(const Amendment& amendment)
{
    RulesChange change{.joined = amendment.joined(), .left = amendment.left(), .roles = {}};
    for (const auto& edit : amendment.edits()) {
        const bool of_role = edit.collection == collection::kRoles;
        if (of_role) change.roles.push_back(edit.key);
        change.of_membership |= of_role || edit.collection == collection::kMembers;
    }
    return change;
}

}  // namespace

Governor::Governor(const EventStoreFactory& factory, AccessPolicy& access, const Clock& clock,
                   Log& log, Changed changed, GovernorTiming timing)
    : store_{factory()},
      access_{access},
      clock_{clock},
      log_{log},
      changed_{std::move(changed)},
      timing_{timing},
      backoff_{timing.first_backoff}
{
    access_.Adopt(std::make_shared<const Rules>());  // Nothing is taken before the rules are read.
    thread_ = std::thread{[this] { Work(); }};
}

Governor::~Governor()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    asked_.notify_all();
    thread_.join();
}

bool Governor::Submit(Actor actor, Act act, Done done)
{
    const std::scoped_lock lock{mutex_};
    if (queue_.size() >= kMaxQueued) return false;
    queue_.push_back({std::move(actor), std::move(act), std::move(done)});
    asked_.notify_one();
    return true;
}

void Governor::Work()
{
    while (true) {
        if (Steady::now() >= next_look_) LookForChanges();
        const auto request = Take();
        if (request) {
            request->done(Perform(*request));
        } else {
            const std::scoped_lock lock{mutex_};
            if (stopping_ && queue_.empty()) return;
        }
        PurgeSome();
    }
}

Governor::Steady::duration Governor::Patience() const
{
    auto until = next_look_;
    for (const auto& purge : purges_) until = std::min(until, purge.not_before);
    return std::max<Steady::duration>(until - Steady::now(), 0ms);
}

std::optional<Governor::Request> Governor::Take()
{
    std::unique_lock lock{mutex_};
    asked_.wait_for(lock, Patience(), [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return {};
    auto request = std::move(queue_.front());
    queue_.pop_front();
    return request;
}

void Governor::LookForChanges()
{
    const auto revision = ReadRevision(*store_);
    const bool current = revision && loaded_ && *revision == revision_;
    const auto read = current ? Result<void>{} : revision ? Load() : Result<void>{revision.error()};
    const bool starting = !loaded_ && backoff_ < kPatience;  // The writer makes the tables.
    if (!read && !complained_ && !starting) {
        log_.Warning("the rules cannot be read",
                     {{"reason", read.error().reason}, {"error", read.error().message}});
    }
    complained_ = !read && !starting;
    next_look_ = Steady::now() + (loaded_ ? timing_.look_every : backoff_);
    backoff_ = std::min<std::chrono::milliseconds>(2 * backoff_, kLastBackoff);
}

Result<void> Governor::Load()
{
    const auto revision = ReadRevision(*store_);  // Before the rules: rather once too often.
    if (!revision) return revision.error();
    auto rules = LoadRules(*store_);
    if (!rules) return rules.error();
    const auto before = access_.rules();
    const auto shared = std::make_shared<const Rules>(std::move(*rules));
    access_.Adopt(shared);
    revision_ = *revision;
    loaded_ = true;
    if (changed_) changed_({});
    QueuePurges(*before, *shared);
    return {};
}

Result<boost::json::value> Governor::Perform(const Request& request)
{
    LookForChanges();
    if (!loaded_) {
        return Fail(ErrorCode::kUnavailable, "RULES_NOT_READ",
                    "The relay's rules cannot be read now; try again.");
    }
    Amendment amendment{*access_.rules(), access_, request.actor, ToUnixSeconds(clock_.Now())};
    auto result = request.act(amendment, *store_);
    if (!result || amendment.edits().empty()) return result;
    if (const auto enacted = Enact(amendment); !enacted) return enacted.error();
    return result;
}

Result<void> Governor::Enact(Amendment& amendment)
{
    auto edits = amendment.edits();
    const auto revision = "\"" + ToHex(RandomBytes(8)) + "\"";
    edits.push_back({collection::kRevision, "revision", revision});
    if (const auto applied = ApplyEdits(*store_, edits); !applied) {
        revision_ = kUnknown;  // Some may have been written: what is there is what holds.
        next_look_ = Steady::now();
        return applied;
    }
    const auto before = access_.rules();
    const auto rules = std::make_shared<const Rules>(amendment.rules());
    access_.Adopt(rules);
    revision_ = revision;
    for (const auto& line : amendment.audited()) {
        log_.Info("the rules changed", {{"act", line.act},
                                        {"by", line.by.empty() ? "dashboard" : line.by},
                                        {"via", line.via},
                                        {"subject", line.subject}});
    }
    if (changed_) changed_(ChangeOf(amendment));
    QueuePurges(*before, *rules);
    PurgeSome();
    return {};
}

void Governor::QueuePurges(const Rules& before, const Rules& after)
{
    const auto queue = [this](const Notes& old, const Notes& now, bool of_key) {
        for (const auto& [subject, note] : now) {
            const auto known = old.find(subject);
            const bool queued = known != old.end() && known->second == note;
            if (!note.purge || queued || purges_.size() >= kMaxPurges) continue;
            purges_.push_front({.of_key = of_key, .subject = subject});
        }
    };
    queue(before.banned_events, after.banned_events, false);
    queue(before.banned_pubkeys, after.banned_pubkeys, true);
}

void Governor::PurgeSome()
{
    const auto now = Steady::now();
    const auto due =
        std::ranges::find_if(purges_, [&](const auto& purge) { return purge.not_before <= now; });
    if (due == purges_.end()) return;
    const auto rules = access_.rules();
    const auto& notes = due->of_key ? rules->banned_pubkeys : rules->banned_events;
    if (!notes.contains(due->subject)) {  // The ban was lifted meanwhile.
        purges_.erase(due);
        return;
    }
    const auto filter = FilterOf(due->of_key, due->subject);
    const auto removed = store_->Remove(filter, kPurgeBatch);
    if (!removed) {
        due->not_before = now + kLastBackoff;
        return;
    }
    if (*removed == kPurgeBatch) return;  // There may be more.
    const auto purge = *due;
    purges_.erase(due);
    if (purge.is_second) return Finish(purge);
    purges_.push_back({purge.of_key, purge.subject, now + timing_.sweep_again, true});
}

void Governor::Finish(const Purge& purge)
{
    auto rules = *access_.rules();
    auto& notes = purge.of_key ? rules.banned_pubkeys : rules.banned_events;
    const auto note = notes.find(purge.subject);
    if (note == notes.end()) return;
    note->second.purge = false;
    const auto name = purge.of_key ? collection::kBannedPubkeys : collection::kBannedEvents;
    if (ApplyEdits(*store_, {{name, purge.subject, RecordOf(note->second)}})) {
        access_.Adopt(std::make_shared<const Rules>(std::move(rules)));
    }
}

}  // namespace berth::relay
