#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "berth/v1/worker_service.pb.h"
#include "core/base/log.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/orders/settings.hpp"
#include "marketplace/queue/settings.hpp"

namespace berth::orders {

/// The protocol of WorkerService that this program speaks, and the oldest that it still serves.
constexpr int kWorkerProtocol = 1;
constexpr int kOldestWorkerProtocol = 1;

/// The calls of WorkerService, made by an operator's key. Thread-safe; all block for the database.
/// AcquireJobs does not wait: the transport asks again when the topic `queue/{operator}` is told.
class WorkerHandlers {
public:
    /// References have to outlive it.
    struct Parts {
        db::Database& database;
        Log& log;
        const Settings& settings;
        const queue::Settings& queue;
    };
    explicit WorkerHandlers(Parts parts) : parts_{parts} {}

    Result<v1::RegisterWorkerResponse> RegisterWorker(const call::Call& call,
                                                      const v1::RegisterWorkerRequest& request);
    Result<v1::AcquireJobsResponse> AcquireJobs(const call::Call& call,
                                                const v1::AcquireJobsRequest& request);
    Result<v1::HeartbeatResponse> Heartbeat(const call::Call& call,
                                            const v1::HeartbeatRequest& request);
    Result<v1::RecordStepsResponse> RecordSteps(const call::Call& call,
                                                const v1::RecordStepsRequest& request);
    Result<v1::ReportWalletsResponse> ReportWallets(const call::Call& call,
                                                    const v1::ReportWalletsRequest& request);

private:
    /// Logs each deployment that belongs to no order once in the life of this process.
    void Alarm(const std::string& wallet, std::uint64_t dseq);

    const Parts parts_;
    std::mutex mutex_;
    std::set<std::pair<std::string, std::uint64_t>> alarmed_;
};

}  // namespace berth::orders
