#pragma once

#include <map>

#include "worker/ports/edge.hpp"

namespace berth::test {

/// An edge in memory.
class FakeEdge final : public worker::Edge {
public:
    std::map<std::string, std::string> certificates;  ///< Chain by label.
    std::map<std::string, Secret> keys;               ///< Key by label.
    std::map<std::string, std::string> routes;        ///< Ingress by host name.
    std::optional<Error> fails;                       ///< What every change answers, if set.
    bool keeps_files = false;                         ///< What fails is in the files all the same.

    Result<std::optional<std::string>> CertificateOf(const std::string& label) override
    {
        const auto found = certificates.find(label);
        if (found == certificates.end()) return std::optional<std::string>{};
        return std::optional{found->second};
    }
    Result<void> InstallCertificate(const std::string& label, const std::string& chain_pem,
                                    const Secret& key_pem, Deadline) override
    {
        if (!fails || keeps_files) certificates[label] = chain_pem;
        if (fails) return *fails;
        keys[label] = key_pem;
        return {};
    }
    Result<void> RemoveCertificate(const std::string& label, Deadline) override
    {
        if (fails) return *fails;
        certificates.erase(label);
        return {};
    }
    Result<void> Route(const std::string& hostname, const std::string& ingress_host,
                       Deadline) override
    {
        if (fails) return *fails;
        routes[hostname] = ingress_host;
        return {};
    }
    Result<void> Unroute(const std::string& hostname, Deadline) override
    {
        if (fails) return *fails;
        routes.erase(hostname);
        return {};
    }
    Result<void> Ping(Deadline) override { return {}; }
};

}  // namespace berth::test
