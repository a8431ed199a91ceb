#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/log.hpp"
#include "worker/ports/marketplace.hpp"
#include "worker/provision/step.hpp"
#include "worker/run/job_leases.hpp"

namespace berth::worker {

/// Runs a leased job, step after step, until it waits, ends or is lost. Thread-safe.
class JobRunner {
public:
    /// References must outlive it.
    struct Needs {
        Marketplace& marketplace;
        const std::vector<std::unique_ptr<Step>>& steps;
        JobLeases& leases;
        Log& log;
        std::function<void()> wake_wallet;  ///< Called when a step needs a transaction.
        const std::atomic<bool>& draining;  ///< Set: the step under way is the last one.
    };
    struct Times {
        std::chrono::milliseconds step_limit{180'000};
        std::chrono::milliseconds report_limit{75'000};  ///< How long a report is tried again.
        std::chrono::milliseconds report_pause{500};
    };
    JobRunner(const Needs& needs, std::string worker, Times times)
        : needs_{needs}, worker_{std::move(worker)}, times_{times}
    {
    }
    void Run(v1::Job job);

private:
    class Reports;
    v1::StepReport RunStep(const v1::Job& job, Reports& reports, const HeldJob& held);
    Step* Find(const v1::Job& job) const;

    const Needs needs_;
    const std::string worker_;
    const Times times_;
};

}  // namespace berth::worker
