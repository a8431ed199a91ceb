#include "worker/run/job_leases.hpp"

namespace berth::worker {

std::shared_ptr<HeldJob> JobLeases::Hold(const v1::Job& job)
{
    const std::scoped_lock lock{mutex_};
    const auto found = jobs_.find(job.name());
    if (found != jobs_.end() && found->second.held->epoch == job.epoch()) return found->second.held;
    auto held = std::make_shared<HeldJob>();
    held->job = job.name();
    held->epoch = job.epoch();
    jobs_[job.name()] = {.held = held, .kept = Deadline::Steady::now()};
    return held;
}

void JobLeases::Drop(const HeldJob& held)
{
    const std::scoped_lock lock{mutex_};
    const auto found = jobs_.find(held.job);
    if (found != jobs_.end() && found->second.held.get() == &held) jobs_.erase(found);
}

v1::HeldLeases JobLeases::Held() const
{
    v1::HeldLeases held;
    const std::scoped_lock lock{mutex_};
    for (const auto& [name, entry] : jobs_) {
        auto& lease = *held.add_leases();
        lease.set_job(name);
        lease.set_epoch(entry.held->epoch);
    }
    return held;
}

v1::HeartbeatRequest JobLeases::Request(const std::string& worker) const
{
    v1::HeartbeatRequest request;
    request.set_worker(worker);
    *request.mutable_leases() = std::move(*Held().mutable_leases());
    return request;
}

void JobLeases::Confirm(const v1::HeartbeatResponse& response, Deadline::Steady::time_point sent)
{
    const std::scoped_lock lock{mutex_};
    for (auto& [name, entry] : jobs_) {
        if (entry.kept < sent) entry.kept = sent;
    }
    for (const auto& lease : response.lost()) {
        const auto found = jobs_.find(lease.job());
        if (found != jobs_.end() && found->second.held->epoch == lease.epoch()) {
            found->second.held->lost = true;
        }
    }
}

void JobLeases::GiveUpStale()
{
    const std::scoped_lock lock{mutex_};
    for (auto& [name, entry] : jobs_) {
        if (Deadline::Steady::now() - entry.kept > lease_) entry.held->lost = true;
    }
}

}  // namespace berth::worker
