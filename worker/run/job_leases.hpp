#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "berth/v1/worker_service.pb.h"
#include "core/base/clock.hpp"

namespace berth::worker {

/// A job that this process holds: as long as `lost` is false it may act for it.
struct HeldJob {
    std::string job;
    std::uint64_t epoch = 0;
    std::atomic<bool> lost{false};
};

/// The jobs under lease, for the heartbeats. Thread-safe.
class JobLeases {
public:
    /// `lease` is how long the marketplace lets a lease stand without a heartbeat.
    explicit JobLeases(std::chrono::milliseconds lease) : lease_{lease} {}

    /// The same for the same job and epoch, until it is dropped.
    std::shared_ptr<HeldJob> Hold(const v1::Job& job);
    void Drop(const HeldJob& held);
    /// All that is held: what the marketplace has leased to us beyond it never reached us.
    v1::HeldLeases Held() const;
    /// What to keep alive.
    v1::HeartbeatRequest Request(const std::string& worker) const;
    /// What a heartbeat that was sent at `sent` has come to.
    void Confirm(const v1::HeartbeatResponse& response, Deadline::Steady::time_point sent);
    /// Gives up what no heartbeat has kept for the time of a lease.
    void GiveUpStale();

private:
    struct Entry {
        std::shared_ptr<HeldJob> held;
        Deadline::Steady::time_point kept;
    };
    const std::chrono::milliseconds lease_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> jobs_;
};

}  // namespace berth::worker
