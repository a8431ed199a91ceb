#include "relay-image/session/written_events.hpp"

#include <boost/asio/post.hpp>

#include "relay-image/payment/paywall.hpp"

namespace berth::relay {
namespace {

/// Whether nobody knows if the event was committed.
bool IsUnsure(const Result<Verdict>& outcome)
{
    return !outcome && outcome.error().code != ErrorCode::kInternal;
}

bool IsStored(const Result<Verdict>& outcome) { return outcome && *outcome == Verdict::kStored; }

}  // namespace

/// A batch is answered whole before it is fanned out.
void WrittenEvents::Tell(std::vector<Written> batch)
{
    for (const auto& written : batch) Settle(written);
    boost::asio::post(parts_.io, [this, batch = std::move(batch)] {
        TellTail(batch);
        for (const auto& [submission, outcome] : batch) {
            if (const auto publisher = submission.publisher.lock()) {
                publisher->OnWritten(submission.event, outcome);
            }
        }
        for (const auto& [submission, outcome] : batch) {
            if (!IsStored(outcome)) continue;
            parts_.sessions.Deliver(submission.event);
            parts_.fanout.Publish(submission.event);
            parts_.offer(submission.event);
        }
    });
}

/// An event that may be there stays paid: sent again, it costs nothing.
void WrittenEvents::Settle(const Written& written)
{
    const auto& outcome = written.outcome;
    parts_.paywall.Settle(written.submission.event->event, IsStored(outcome) || IsUnsure(outcome));
}

/// In the same turn as the answers and the live events, so that a REQ finds an event stored or gets
/// it live, and never twice.
void WrittenEvents::TellTail(const std::vector<Written>& batch)
{
    std::vector<EventPtr> events;
    std::vector<Verdict> verdicts;
    for (const auto& [submission, outcome] : batch) {
        if (IsUnsure(outcome)) return parts_.tail.Forget();
        if (!outcome) continue;
        events.push_back(submission.event);
        verdicts.push_back(*outcome);
    }
    parts_.tail.OnStored(events, verdicts);
}

}  // namespace berth::relay
