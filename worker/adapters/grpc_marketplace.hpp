#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/nostr/keys.hpp"
#include "worker/ports/marketplace.hpp"

namespace berth::worker {

struct MarketplaceSettings {
    std::string address;            ///< `host:port`.
    std::filesystem::path ca_file;  ///< Issuers of its certificate; empty: the system's.
    bool plaintext = false;         ///< No TLS; for loopback only.
};

/// Marketplace over gRPC, as the operator of `key`: a session token is made from a NIP-98 event and
/// made again before it ends or when it is refused.
class GrpcMarketplace final : public Marketplace {
public:
    /// `clock` must outlive it.
    GrpcMarketplace(const MarketplaceSettings& settings, nostr::SecretKey key, const Clock& clock);
    ~GrpcMarketplace() override;

    Result<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest& request,
                                                Deadline deadline) override;
    Result<v1::AcquireJobsResponse> Acquire(const v1::AcquireJobsRequest& request,
                                            Deadline deadline) override;
    Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request,
                                            Deadline deadline) override;
    Result<v1::RecordStepsResponse> Record(const v1::RecordStepsRequest& request,
                                           Deadline deadline) override;
    Result<v1::ReportWalletsResponse> ReportWallets(const v1::ReportWalletsRequest& request,
                                                    Deadline deadline) override;

private:
    struct Session;
    std::unique_ptr<Session> session_;
};

}  // namespace berth::worker
