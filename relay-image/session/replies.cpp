// The part of Session that answers REQs with what is stored, one at a time.
#include <algorithm>

#include <boost/asio/post.hpp>

#include "relay-image/protocol/relay_message.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPumpUpTo = 256 << 10;  ///< Stored events wait behind this much output.
constexpr std::size_t kReplyBytes = 1 << 20;  ///< Of JSON that one reply holds in memory.
constexpr std::size_t kMaxFetched = 64;       ///< Events whose JSON is fetched at once.

std::string EoseOf(const StoredReply& reply)
{
    switch (reply.completeness) {
        case Completeness::kUnknown: return EoseMessage(reply.subscription);
        case Completeness::kFinished: return EoseMessage(reply.subscription, "finish");
        case Completeness::kMore: return EoseMessage(reply.subscription, "more");
    }
    return EoseMessage(reply.subscription);
}

Error ReadersBusy() { return Fail(ErrorCode::kExhausted, "READERS_BUSY", "the relay is busy"); }

}  // namespace

void Session::QueryNext()
{
    if (querying_ || reply_ || waiting_.empty()) return;
    const auto [name, serial] = waiting_.front();
    waiting_.pop_front();
    querying_ = true;
    query_started_ = Figures::Steady::now();
    const auto now = ToUnixSeconds(context_.clock.Now());
    const StoredReply empty{.subscription = name, .serial = serial, .events = {}};
    if (AnsweredFromMemory(empty, now)) return;
    auto job = [weak = weak_from_this(), filters = subscriptions_.at(name).filters, empty,
                max_limit = context_.limits.max_limit, now,
                executor = socket_->get_executor()](EventStore& store) {
        auto found = FindAll(store, filters, {max_limit, kReplyBytes}, now);
        asio::post(executor, [weak, empty, found = std::move(found)]() mutable {
            if (const auto session = weak.lock()) session->OnFound(empty, std::move(found));
        });
    };
    if (context_.readers.Post(client(), std::move(job))) return;
    OnFound(empty, ReadersBusy());
}

bool Session::AnsweredFromMemory(const StoredReply& empty, std::int64_t now)
{
    const auto& filters = subscriptions_.at(empty.subscription).filters;
    auto found = FindAll(context_.tail, filters, context_.limits.max_limit, now);
    if (!found) return false;
    OnFound(empty, std::move(found));
    return true;
}

void Session::OnFound(const StoredReply& empty, Result<Found> found)
{
    querying_ = false;
    const auto asked = subscriptions_.find(empty.subscription);
    if (asked == subscriptions_.end() || asked->second.serial != empty.serial) return QueryNext();
    reply_ = empty;
    if (!found) return FailReply(found.error());
    reply_->events = std::move(found->events);
    reply_->completeness = found->completeness;
    Pump();
}

void Session::Pump()
{
    const auto& output = socket_->output();
    const auto up_to = std::clamp(output.most() / 4, std::size_t{1}, kPumpUpTo);
    while (reply_ && !querying_ && output.pending() < up_to && output.appended() < up_to) {
        const auto found = subscriptions_.find(reply_->subscription);
        if (found == subscriptions_.end() || found->second.serial != reply_->serial) {
            reply_.reset();
            return QueryNext();
        }
        if (reply_->next == reply_->events.size()) return FinishReply();
        auto& event = reply_->events[reply_->next];
        if (event.json.size() == 0) return Fetch();
        SendEvent(found->second, event.json);
        event.json = {};
        ++reply_->next;
    }
}

/// Reads the JSON of the next events, which was left out.
void Session::Fetch()
{
    querying_ = true;
    const auto most =
        std::clamp(kReplyBytes / context_.limits.max_message_bytes, std::size_t{1}, kMaxFetched);
    auto job = [weak = weak_from_this(), ids = reply_->NextIds(most),
                now = ToUnixSeconds(context_.clock.Now()),
                executor = socket_->get_executor()](EventStore& store) {
        Filter filter;
        filter.ids = ids;
        auto found = store.Find(filter, std::ssize(ids), now);
        asio::post(executor, [weak, asked = ids.size(), found = std::move(found)] {
            if (const auto session = weak.lock()) session->OnFetched(asked, found);
        });
    };
    if (!context_.readers.Post(client(), std::move(job))) OnFetched(0, ReadersBusy());
}

void Session::OnFetched(std::size_t asked, const Result<std::vector<StoredEvent>>& found)
{
    querying_ = false;
    if (!found) return FailReply(found.error());
    reply_->Fill(asked, *found);
    Pump();
}

void Session::FailReply(const Error& error)
{
    context_.log.Error("a REQ failed", {{"reason", error.reason}, {"error", error.message}});
    const auto name = reply_->subscription;
    const auto found = subscriptions_.find(name);
    const bool wanted = found != subscriptions_.end() && found->second.serial == reply_->serial;
    reply_.reset();
    if (wanted) {
        Send(ClosedMessage(name, "error: the stored events cannot be read now"));
        Unsubscribe(found);
    }
    QueryNext();
}

void Session::FinishReply()
{
    auto& subscription = subscriptions_.at(reply_->subscription);
    Send(EoseOf(*reply_));
    context_.figures.traffic.querying.Add(Figures::Steady::now() - query_started_);
    subscription.live = true;
    for (const auto& event : subscription.held) {
        if (!reply_->Contains(event->event.id)) SendEvent(subscription, event->json);
    }
    subscription.held = {};
    reply_.reset();
    QueryNext();
}

}  // namespace berth::relay
