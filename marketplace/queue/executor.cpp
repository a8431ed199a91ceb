#include "marketplace/queue/executor.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/failpoint.hpp"
#include "marketplace/queue/backoff.hpp"

namespace berth::queue {

struct Executor::State {
    State(Parts given, std::vector<Duty*> given_duties) : parts{std::move(given)}
    {
        for (auto* duty : given_duties) {
            const auto what = std::string{duty->kind()} + '/' + std::string{duty->step()};
            BERTH_ASSERT(duties.emplace(what, duty).second);
            doable.push_back(what);
        }
    }

    LeaseRequest Request(int limit) const
    {
        return {.operator_id = kMarketplace,
                .worker = name,
                .limit = limit,
                .doable = doable,
                .lease = parts.settings.lease};
    }

    /// Leases a job and holds it. One thread at a time, so that what another has just leased is not
    /// taken for lost.
    std::optional<Job> LeaseOne()
    {
        const std::scoped_lock alone{leasing};
        auto request = Request(1);
        request.held = Held();
        auto leased = parts.database.Transact<std::vector<Job>>(
            [&](pqxx::work& tx) -> Result<std::vector<Job>> { return LeaseJobs(tx, request); });
        if (!leased) {
            parts.log.Warning("No job could be leased.", {{"reason", leased.error().reason}});
            return std::nullopt;
        }
        if (leased->empty()) return std::nullopt;
        Hold(leased->front(), true);
        return std::move(leased->front());
    }

    /// Waits for a wake-up, a poll or the end. False at the end.
    bool Wait()
    {
        std::unique_lock lock{mutex};
        changed.wait_for(lock, parts.settings.poll, [&] { return stopping || woken; });
        woken = false;
        return !stopping;
    }

    void Work()
    {
        while (!Stopping()) {
            const auto job = LeaseOne();
            const bool recorded = job && Run(*job);
            if (!recorded && !Wait()) return;
        }
    }

    bool Stopping()
    {
        const std::scoped_lock lock{mutex};
        return stopping;
    }

    /// One job that makes its duty throw does not end the program, and all other jobs with it.
    Result<DutyOutcome> Carry(const Job& job)
    {
        try {
            const auto duty = duties.at(job.kind + '/' + job.step);
            return duty->Run(job, Deadline::After(parts.duty_limit));
        } catch (const std::exception& thrown) {
            return Fail(ErrorCode::kInternal, "EXCEPTION", thrown.what());
        }
    }

    /// False where what it came to is not recorded: then it is leased and run again.
    bool Run(const Job& job)
    {
        const auto boundary = "market." + job.kind + "." + job.step;
        Failpoint(boundary + ".leased");
        const auto outcome = Carry(job);
        Failpoint(boundary + ".ran");
        if (!outcome) {
            parts.log.Warning("A job failed and will be tried again.",
                              {{"job", job.job_id},
                               {"kind", job.kind},
                               {"step", job.step},
                               {"reason", outcome.error().reason},
                               {"message", outcome.error().message},
                               {"trace", job.trace}});
        }
        const bool done = outcome && outcome->kind == DutyOutcome::Kind::kRecorded;
        const bool recorded = done || Record(job, outcome);
        Hold(job, false);
        return recorded;
    }

    bool Record(const Job& job, const Result<DutyOutcome>& outcome)
    {
        const auto recorded = parts.database.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
            const auto held = LockHeld(tx, job);
            if (!held) return false;
            if (!outcome) {
                Postpone(tx, *held, Backoff(parts.settings, job.subject, job.step, held->attempt),
                         outcome.error().reason);
            } else if (outcome->kind == DutyOutcome::Kind::kAgain) {
                Postpone(tx, *held, outcome->again_in, outcome->waiting_for);
            } else {
                Finish(tx, *held, "done", "");
            }
            return true;
        });
        if (!recorded) {
            parts.log.Warning("What a job came to was not recorded.",
                              {{"job", job.job_id}, {"reason", recorded.error().reason}});
        }
        return recorded.has_value();
    }

    std::vector<JobLease> Held()
    {
        const std::scoped_lock lock{mutex};
        std::vector<JobLease> leases;
        for (const auto& [id, epoch] : running) leases.push_back({id, epoch});
        return leases;
    }

    void Hold(const Job& job, bool hold)
    {
        const std::scoped_lock lock{mutex};
        if (hold) {
            running.emplace(job.job_id, job.epoch);
        } else {
            running.erase({job.job_id, job.epoch});
        }
    }

    void KeepRunning()
    {
        const auto leases = Held();
        if (leases.empty()) return;
        const auto lost = parts.database.Transact<std::vector<JobLease>>(
            [&](pqxx::work& tx) -> Result<std::vector<JobLease>> {
                return KeepLeases(tx, Request(0), leases);
            });
        if (!lost) {
            parts.log.Warning("Leases could not be kept.", {{"reason", lost.error().reason}});
        }
    }

    void Keep()
    {
        std::unique_lock lock{mutex};
        while (!changed.wait_for(lock, parts.settings.heartbeat, [&] { return stopping; })) {
            lock.unlock();
            KeepRunning();
            lock.lock();
        }
    }

    const Parts parts;
    const std::string name = ToBase32(RandomBytes(10));
    std::map<std::string, Duty*> duties;
    std::vector<std::string> doable;
    std::mutex leasing;
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::pair<std::string, std::uint64_t>> running;  ///< Job and epoch: a job may be led
                                                              ///< on under a newer one meanwhile.
    bool stopping = false;
    bool woken = false;
    std::vector<std::thread> threads;
    std::shared_ptr<db::Listener::Subscription> subscription;
};

Executor::Executor(Parts parts, std::vector<Duty*> duties)
    : state_{std::make_unique<State>(std::move(parts), std::move(duties))}
{
    auto* state = state_.get();
    state->subscription = state->parts.listener.Subscribe("queue/marketplace", [state] {
        const std::scoped_lock lock{state->mutex};
        state->woken = true;
        state->changed.notify_all();
    });
    for (int i = 0; i < state->parts.threads; ++i) {
        state->threads.emplace_back([state] { state->Work(); });
    }
    state->threads.emplace_back([state] { state->Keep(); });
}

Executor::~Executor()
{
    state_->subscription.reset();
    {
        const std::scoped_lock lock{state_->mutex};
        state_->stopping = true;
    }
    state_->changed.notify_all();
    for (auto& thread : state_->threads) thread.join();
}

}  // namespace berth::queue
