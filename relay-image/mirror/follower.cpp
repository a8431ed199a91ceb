#include "relay-image/mirror/follower.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/mirror/backoff.hpp"
#include "relay-image/mirror/remote_relay.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kConnectLimit = 15s;
constexpr auto kSilence = 10min;  ///< Then the connection counts as lost.
constexpr auto kLastRetry = 60s;
constexpr auto kStanding = 30s;         ///< A connection that lasted so long was a sound one.
constexpr std::int64_t kOverlap = 600;  ///< Seconds: clocks differ, and events come late.

std::string FilterSince(const std::string& filter, std::int64_t since)
{
    auto object = boost::json::parse(filter).as_object();
    object["since"] = since;
    return boost::json::serialize(object);
}

}  // namespace

Follower::Follower(std::string url, std::string filter, Ports ports)
    : url_{std::move(url)},
      filter_{std::move(filter)},
      ports_{std::move(ports)},
      since_{ToUnixSeconds(ports_.clock.Now()) - kOverlap},
      thread_{[this] { Work(); }}
{
}

Follower::~Follower()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Follower::Work()
{
    Backoff backoff{ports_.first_retry, kLastRetry};
    do {
        const auto started = std::chrono::steady_clock::now();
        const auto ended = FollowOnce();
        connected_ = false;
        if (std::chrono::steady_clock::now() - started > kStanding) backoff.Reset();
        if (stopping_) return;
        const auto why = ended ? std::string{"it ended"} : ended.error().message;
        ports_.log.Warning("a followed relay is lost", {{"relay", url_}, {"error", why}});
    } while (Wait(backoff.Next()));
}

Result<void> Follower::FollowOnce()
{
    const auto remote =
        RemoteRelay::Connect(url_, Deadline::After(kConnectLimit).OrWhen(stopping_));
    if (!remote) return remote.error();
    ports_.log.Info("following a relay", {{"relay", url_}});
    connected_ = true;
    const auto filter = FilterSince(filter_, since_);
    return (*remote)->Follow(
        filter,
        [this](nostr::Event event) {
            since_ = std::max(since_, ToUnixSeconds(ports_.clock.Now()) - kOverlap);
            return ports_.take(std::move(event));
        },
        [this] { return Deadline::After(kSilence).OrWhen(stopping_); });
}

bool Follower::Wait(std::chrono::milliseconds delay)
{
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, delay, [this] { return stopping_.load(); });
    return !stopping_;
}

}  // namespace berth::relay
