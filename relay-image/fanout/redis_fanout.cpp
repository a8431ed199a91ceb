#include "relay-image/fanout/redis_fanout.hpp"

#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/assert.hpp"
#include "relay-image/fanout/fanout_message.hpp"
#include "relay-image/mirror/backoff.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kGrace = 100ms;  ///< Of a notice for Redis.
constexpr auto kFirstRetry = 100ms, kLastRetry = 5000ms;
constexpr std::size_t kMostQueued = 10000;     ///< Events.
constexpr std::size_t kMostUnanswered = 1000;  ///< Events.
constexpr std::size_t kMostHeld = 10000;       ///< Notices.

}  // namespace

RedisFanout::RedisFanout(RedisLink::Options options, Parts parts)
    : parts_{parts}, link_{std::move(options)}, wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
{
    BERTH_ASSERT(wake_ >= 0);
}

RedisFanout::~RedisFanout()
{
    Stop();
    ::close(wake_);
}

void RedisFanout::Start()
{
    thread_ = std::thread{[this] { Work(); }};
}

void RedisFanout::Stop()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    Wake();
    if (thread_.joinable()) thread_.join();
}

void RedisFanout::Publish(const EventPtr& event)
{
    if (parts_.peers.alone()) return;
    std::unique_lock lock{mutex_};
    if (state_ != RedisState::kUp || queue_.size() == kMostQueued) {
        lock.unlock();
        return TellByNotice(event);
    }
    queue_.push_back(event);
    if (queue_.size() == 1) Wake();
}

void RedisFanout::OnStored(std::vector<std::string> ids)
{
    std::unique_lock lock{mutex_};
    if (state_ != RedisState::kUp || held_.size() == kMostHeld) {
        lock.unlock();
        return parts_.events.TakeStored(std::move(ids));
    }
    held_.push_back({Steady::now() + kGrace, std::move(ids)});
    if (held_.size() == 1) Wake();
}

void RedisFanout::Work()
{
    Backoff backoff{kFirstRetry, kLastRetry};
    do {
        auto went = link_.Open();
        if (went) {
            SetUp();
            const auto since = Steady::now();
            went = Serve();
            if (went) return;
            if (Steady::now() - since > kLastRetry) backoff.Reset();
        }
        SetDown(went.error());
    } while (WaitToRetry(backoff.Next()));
}

Result<void> RedisFanout::Serve()
{
    while (PublishQueued()) {
        const auto messages = link_.Exchange(wake_, NextRelease());
        Sleep();
        if (!messages) return messages.error();
        for (const auto& message : *messages) Take(message);
        for (const auto& event : link_.TakeUnheard()) TellByNotice(event);
        sent_ += link_.TakeAnswered();
        Release(Steady::now());
    }
    return {};
}

bool RedisFanout::PublishQueued()
{
    const std::scoped_lock lock{mutex_};
    while (!queue_.empty() && link_.unanswered() < kMostUnanswered) {
        auto event = std::move(queue_.front());
        queue_.pop_front();
        const auto message = FanoutMessage(parts_.peers.name(), event->json);
        link_.Publish(std::move(event), message);
    }
    return !stopping_;
}

RedisFanout::Steady::time_point RedisFanout::NextRelease()
{
    const std::scoped_lock lock{mutex_};
    return held_.empty() ? Steady::time_point::max() : held_.front().until;
}

void RedisFanout::Release(Steady::time_point now)
{
    while (true) {
        std::vector<std::string> ids;
        {
            const std::scoped_lock lock{mutex_};
            if (held_.empty() || held_.front().until > now) return;
            ids = std::move(held_.front().ids);
            held_.pop_front();
        }
        parts_.events.TakeStored(std::move(ids));
    }
}

void RedisFanout::Take(const std::string& message)
{
    if (IsOf(message, parts_.peers.name())) return;
    const auto json = JsonOf(message);
    if (!json) parts_.events.Suspect(json.error().reason);
    const bool taken = json && parts_.events.TakeWhole(*json);
    ++(taken ? received_ : refused_);
}

/// Of what is stored the notice is out.
void RedisFanout::TellByNotice(const EventPtr& event)
{
    if (IsEphemeral(event->event.kind) && parts_.peers.has_peers()) {
        parts_.peers.TellWhole(event->json);
    }
}

void RedisFanout::SetUp()
{
    {
        const std::scoped_lock lock{mutex_};
        state_ = RedisState::kUp;
    }
    parts_.log.Info("Redis carries live events");
}

/// What waited for Redis goes the other way.
void RedisFanout::SetDown(const Error& error)
{
    const auto state =
        error.code == ErrorCode::kForbidden ? RedisState::kRefuses : RedisState::kDown;
    std::deque<EventPtr> queued;
    std::deque<Held> held;
    RedisState before;
    {
        const std::scoped_lock lock{mutex_};
        before = state_.exchange(state);
        queued.swap(queue_);
        held.swap(held_);
    }
    for (const auto& event : link_.TakeUnanswered()) TellByNotice(event);
    for (const auto& event : queued) TellByNotice(event);
    for (auto& notice : held) parts_.events.TakeStored(std::move(notice.ids));
    if (before == state && warned_) return;
    warned_ = true;
    parts_.log.Warning("Redis carries no live events; the database does",
                       {{"reason", error.reason}, {"error", error.message}});
}

bool RedisFanout::WaitToRetry(std::chrono::milliseconds time)
{
    std::unique_lock lock{mutex_};
    return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void RedisFanout::Wake() const { ::eventfd_write(wake_, 1); }

void RedisFanout::Sleep() const
{
    eventfd_t wakes = 0;
    ::eventfd_read(wake_, &wakes);
}

}  // namespace berth::relay
