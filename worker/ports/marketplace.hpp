#pragma once

#include "berth/v1/worker_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// The marketplace's WorkerService, as this operator. Thread-safe; blocks until `deadline` at most.
/// Errors of all: what the marketplace answered, by its reason; kUnavailable
/// `MARKETPLACE_UNAVAILABLE`; kTimeout `MARKETPLACE_TIMEOUT` (for RecordSteps and ReportWallets the
/// same request may be sent again: both are idempotent).
class Marketplace {
public:
    virtual ~Marketplace() = default;
    virtual Result<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest& request,
                                                        Deadline deadline) = 0;
    virtual Result<v1::AcquireJobsResponse> Acquire(const v1::AcquireJobsRequest& request,
                                                    Deadline deadline) = 0;
    virtual Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request,
                                                    Deadline deadline) = 0;
    virtual Result<v1::RecordStepsResponse> Record(const v1::RecordStepsRequest& request,
                                                   Deadline deadline) = 0;
    virtual Result<v1::ReportWalletsResponse> ReportWallets(const v1::ReportWalletsRequest& request,
                                                            Deadline deadline) = 0;
};

}  // namespace berth::worker
