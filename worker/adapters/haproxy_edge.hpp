#pragma once

#include <mutex>

#include "worker/adapters/haproxy_config.hpp"
#include "worker/ports/edge.hpp"

namespace berth::worker {

/// Edge over HAProxy's runtime socket, with the configuration of HaproxyConfiguration. Files are
/// written first, so that a restart of HAProxy finds what was told to it.
class HaproxyEdge final : public Edge {
public:
    explicit HaproxyEdge(EdgeSettings settings) : settings_{std::move(settings)} {}

    Result<std::optional<std::string>> CertificateOf(const std::string& label) override;
    Result<void> InstallCertificate(const std::string& label, const std::string& chain_pem,
                                    const Secret& key_pem, Deadline deadline) override;
    Result<void> RemoveCertificate(const std::string& label, Deadline deadline) override;
    Result<void> Route(const std::string& hostname, const std::string& ingress_host,
                       Deadline deadline) override;
    Result<void> Unroute(const std::string& hostname, Deadline deadline) override;
    Result<void> Ping(Deadline deadline) override;

private:
    std::filesystem::path FileOf(const std::string& label) const;
    Result<std::string> Tell(const std::string& command, Deadline deadline) const;
    Result<void> Load(const std::filesystem::path& file, const Secret& pem,
                      Deadline deadline) const;
    Result<void> AbortLeftOver(Deadline deadline) const;
    Result<void> SetLine(const std::filesystem::path& file, const std::string& key,
                         const std::string& line) const;

    const EdgeSettings settings_;
    std::mutex mutex_;  ///< One change at a time: a file and its command belong together.
};

}  // namespace berth::worker
