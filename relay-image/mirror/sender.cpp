#include "relay-image/mirror/sender.hpp"

#include <algorithm>

#include "relay-image/mirror/backoff.hpp"
#include "relay-image/mirror/remote_relay.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxWaiting = 10'000;
constexpr std::size_t kBatch = 100;
constexpr auto kConnectLimit = 15s;
constexpr auto kAnswerLimit = 30s;
constexpr auto kLastRetry = 60s;

}  // namespace

Sender::Sender(std::string url, Log& log, std::chrono::milliseconds first_retry)
    : url_{std::move(url)}, log_{log}, first_retry_{first_retry}, thread_{[this] { Work(); }}
{
}

Sender::~Sender()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Sender::Offer(EventText event)
{
    const std::scoped_lock lock{mutex_};
    waiting_.push_back(std::move(event));
    for (; waiting_.size() > kMaxWaiting; ++dropped_) waiting_.pop_front();
    changed_.notify_one();
}

std::size_t Sender::dropped() const
{
    const std::scoped_lock lock{mutex_};
    return dropped_;
}

void Sender::Work()
{
    Backoff backoff{first_retry_, kLastRetry};
    do {
        if (SendOnce()) backoff.Reset();
    } while (!stopping_ && Wait(backoff.Next()));
}

bool Sender::SendOnce()
{
    auto events = Take();  // No connection is kept for a relay that gets nothing.
    if (events.empty()) return false;
    const auto remote =
        RemoteRelay::Connect(url_, Deadline::After(kConnectLimit).OrWhen(stopping_));
    if (!remote) {
        log_.Warning("a relay to send to is away",
                     {{"relay", url_}, {"error", remote.error().message}});
        PutBack(std::move(events));
        return false;
    }
    while (!events.empty()) {
        const auto answers =
            (*remote)->Publish(events, Deadline::After(kAnswerLimit).OrWhen(stopping_));
        if (!answers) {
            log_.Warning("a relay to send to is lost",
                         {{"relay", url_}, {"error", answers.error().message}});
            PutBack(std::move(events));
            return true;
        }
        events = Take();
    }
    return true;
}

std::vector<EventText> Sender::Take()
{
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return {};
    const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kBatch));
    std::vector<EventText> events(std::make_move_iterator(waiting_.begin()),
                                  std::make_move_iterator(waiting_.begin() + count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return events;
}

void Sender::PutBack(std::vector<EventText> events)
{
    const std::scoped_lock lock{mutex_};
    waiting_.insert(waiting_.begin(), std::make_move_iterator(events.begin()),
                    std::make_move_iterator(events.end()));
}

bool Sender::Wait(std::chrono::milliseconds delay)
{
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, delay, [this] { return stopping_.load(); });
    return !stopping_;
}

}  // namespace berth::relay
