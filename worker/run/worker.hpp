#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/log.hpp"
#include "worker/ports/marketplace.hpp"
#include "worker/provision/wildcard_certificate.hpp"
#include "worker/run/job_runner.hpp"
#include "worker/run/job_slots.hpp"
#include "worker/run/pacer.hpp"
#include "worker/wallet/wallet_actor.hpp"

namespace berth::worker {

/// The threads of a worker: one that takes jobs, the slots that run them, one for heartbeats, one
/// for the wallet, one for the edge's certificate. Started by the constructor.
class Worker {
public:
    /// References must outlive it.
    struct Needs {
        Marketplace& marketplace;
        WalletActor& wallet;
        WildcardCertificate& wildcard;
        const std::vector<std::unique_ptr<Step>>& steps;
        Log& log;
    };
    struct Settings {
        v1::RegisterWorkerRequest registration;
        int slots = 1;
        std::chrono::milliseconds lease{75'000};
        std::chrono::milliseconds heartbeat{15'000};
        std::chrono::milliseconds wallet_poll{2'000};
    };
    Worker(const Needs& needs, Settings settings);
    /// Drains: takes no more jobs, lets steps under way end, gives the wallet's lease back.
    ~Worker();

private:
    void TakeJobs();
    void SendHeartbeats();
    void KeepWallet();
    void KeepCertificate();

    const Needs needs_;
    const Settings settings_;
    std::atomic<bool> draining_{false};
    JobLeases leases_;
    Pacer taking_, beating_, wallet_pace_, certificate_pace_;
    JobRunner runner_;
    std::unique_ptr<JobSlots> slots_;
    std::jthread heartbeats_, wallet_, certificate_, taker_;
};

}  // namespace berth::worker
