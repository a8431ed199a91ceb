#include "relay-image/storage/writer_lane.hpp"

#include <algorithm>

#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/foreign_deletion.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxQueued = 20000;
constexpr std::size_t kMaxQueuedBytes = 64 << 20;
constexpr std::size_t kMaxBatch = 1000;
constexpr std::size_t kMaxBatchBytes = 8 << 20;
constexpr auto kIdleCheck = 1000ms;
constexpr auto kFirstBackoff = 100ms;
constexpr auto kLastBackoff = 5000ms;

bool ConnectionFailed(const Error& error)
{
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kUnknown;
}

/// Gift wraps to who vanishes are by keys of their own, anybody's lane.
bool ReachesOthers(const Submission& submission)
{
    return submission.event->event.kind == kVanishKind;
}

}  // namespace

LaneCrossing::Pass::Pass(LaneCrossing& crossing, bool is_alone)
    : together_{crossing.inside_, std::defer_lock}, alone_{crossing.inside_, std::defer_lock}
{
    const std::scoped_lock gate{crossing.gate_};
    is_alone ? alone_.lock() : together_.lock();
}

WriterLane::WriterLane(const EventStoreFactory& factory, Log& log, LaneCrossing& crossing,
                       EventWriter::Report report)
    : store_{factory()},
      log_{log},
      crossing_{crossing},
      report_{std::move(report)},
      thread_{[this] { Work(); }}
{
}

WriterLane::~WriterLane()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool WriterLane::Enqueue(Submission submission)
{
    const std::scoped_lock lock{mutex_};
    if (queue_.size() >= kMaxQueued || queued_bytes_ >= kMaxQueuedBytes) return false;
    queued_bytes_ += submission.event->json.size();
    queue_.push_back(std::move(submission));
    if (queue_.size() == 1) changed_.notify_one();
    return true;
}

void WriterLane::Work()
{
    auto backoff = std::chrono::milliseconds{kFirstBackoff};
    bool migrated = MigrateOnce();
    while (true) {
        auto batch = Take(migrated ? kIdleCheck : backoff);
        if (!migrated) {
            backoff = std::min<std::chrono::milliseconds>(2 * backoff, kLastBackoff);
            migrated = MigrateOnce();
        }
        if (!batch.empty()) {
            Write(std::move(batch));
            continue;
        }
        {
            const std::scoped_lock lock{mutex_};
            if (stopping_ && queue_.empty()) return;
        }
        if (migrated) Check();
    }
}

bool WriterLane::MigrateOnce()
{
    const auto done = store_->Migrate();
    healthy_ = done.has_value();
    if (!done) log_.Warning("the database is not ready", {{"error", done.error().message}});
    return done.has_value();
}

std::vector<Submission> WriterLane::Take(std::chrono::milliseconds patience)
{
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [this] { return !queue_.empty() || stopping_; });
    std::vector<Submission> batch;
    std::size_t bytes = 0;
    while (!queue_.empty() && batch.size() < kMaxBatch && bytes < kMaxBatchBytes) {
        bytes += queue_.front().event->json.size();
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    return batch;
}

void WriterLane::Write(std::vector<Submission> batch)
{
    const LaneCrossing::Pass pass{crossing_, std::ranges::any_of(batch, ReachesOthers)};
    std::vector<Written> written;
    written.reserve(batch.size());
    std::vector<EventPtr> events;
    events.reserve(batch.size());
    for (auto& submission : batch) {
        const bool foreign = DeletesOthersOnly(*store_, submission.event->event);
        if (!foreign) events.push_back(submission.event);
        written.push_back({std::move(submission), Verdict::kForeign});
    }
    const auto outcomes = Store(events);
    auto outcome = outcomes.begin();
    auto event = events.begin();
    for (auto& one : written) {
        if (event == events.end() || one.submission.event != *event) continue;
        one.outcome = *outcome++;
        ++event;
    }
    report_(std::move(written));
}

std::vector<Result<Verdict>> WriterLane::Store(const std::vector<EventPtr>& events)
{
    auto verdicts = store_->Store(events);
    // Storing is idempotent, and a connection may have died unnoticed: look once more.
    if (!verdicts && ConnectionFailed(verdicts.error())) verdicts = store_->Store(events);
    healthy_ = verdicts || !ConnectionFailed(verdicts.error());
    if (verdicts) return {verdicts->begin(), verdicts->end()};
    log_.Error("events could not be stored", {{"events", events.size()},
                                              {"reason", verdicts.error().reason},
                                              {"error", verdicts.error().message}});
    if (ConnectionFailed(verdicts.error()) || events.size() == 1) {
        return std::vector<Result<Verdict>>(events.size(), verdicts.error());
    }
    std::vector<Result<Verdict>> alone;  // One bad event must not fail its neighbours.
    for (const auto& event : events) alone.push_back(Store({event}).front());
    return alone;
}

void WriterLane::Check()
{
    const auto answers = store_->Check();
    if (!answers && healthy_) {
        log_.Error("the database does not answer", {{"error", answers.error().message}});
    }
    if (answers && !healthy_) log_.Info("the database answers again");
    healthy_ = answers.has_value();
}

}  // namespace berth::relay
