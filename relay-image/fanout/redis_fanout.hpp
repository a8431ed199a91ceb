#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "relay-image/fanout/fanout.hpp"
#include "relay-image/fanout/redis_link.hpp"

namespace berth::relay {

/// By Redis, beside the notices: events travel whole, and a notice is only asked after if its
/// events do not come by Redis within a moment. While Redis is down it is all by notices. One
/// thread.
class RedisFanout final : public Fanout {
public:
    /// All outlive it.
    struct Parts {
        PeerWatch& peers;
        PeerEvents& events;
        Log& log;
    };

    RedisFanout(RedisLink::Options options, Parts parts);
    RedisFanout(const RedisFanout&) = delete;
    ~RedisFanout() override;

    void Start() override;
    void Stop() override;
    void Publish(const EventPtr& event) override;
    void OnStored(std::vector<std::string> ids) override;
    void OnWhole(const std::string& json) override { parts_.events.TakeWhole(json); }
    bool has_peers() const override { return !parts_.peers.alone(); }
    RedisState redis() const override { return state_; }
    FanoutFigures figures() const override { return {sent_, received_, refused_}; }

private:
    using Steady = RedisLink::Steady;

    /// Ids that a notice told of, which are left to Redis until then.
    struct Held {
        Steady::time_point until;
        std::vector<std::string> ids;
    };

    void Work();
    Result<void> Serve();
    /// Hands what is queued to Redis; false if it is time to stop.
    bool PublishQueued();
    Steady::time_point NextRelease();
    void Release(Steady::time_point now);
    void Take(const std::string& message);
    void TellByNotice(const EventPtr& event);
    void SetUp();
    void SetDown(const Error& error);
    bool WaitToRetry(std::chrono::milliseconds time);
    void Wake() const;
    void Sleep() const;

    const Parts parts_;
    RedisLink link_;                                     ///< Used on the thread only.
    bool warned_ = false;                                ///< The same.
    std::atomic<RedisState> state_ = RedisState::kDown;  ///< Changes under the mutex.
    std::atomic<std::uint64_t> sent_ = 0, received_ = 0, refused_ = 0;
    int wake_ = -1;     ///< An eventfd that ends the thread's wait.
    std::mutex mutex_;  ///< Guards the three below.
    std::deque<EventPtr> queue_;
    std::deque<Held> held_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
