#pragma once

#include <filesystem>
#include <string>

#include "core/base/command_runner.hpp"
#include "worker/adapters/issuance_budget.hpp"
#include "worker/ports/acme.hpp"

namespace berth::worker {

struct AcmeSettings {
    std::string program = "lego";
    std::string directory;          ///< URL of the CA's ACME directory.
    std::string email;              ///< Contact of the CA account.
    std::filesystem::path ca_file;  ///< Issuers of the directory's own TLS; empty: the system's.
    std::filesystem::path folder;   ///< One folder below it per order, and the account's.
    std::string resolver;           ///< `host:port` that follows CNAMEs; empty: the system's.
    std::string dns_server;         ///< `host:port` that takes the challenge's updates.
    std::filesystem::path tsig_file;
    IssuanceLimits limits;
};

/// Acme over `lego run --csr` with DNS-01 by RFC 2136. The CSR is made here, so that the key never
/// leaves us; the program gets the TSIG secret by its environment only.
class LegoAcme final : public Acme {
public:
    /// `runner` and `clock` must outlive it.
    LegoAcme(CommandRunner& runner, const Clock& clock, AcmeSettings settings);

    Result<std::string> Issue(const CertificateRequest& request, Deadline deadline) override;

private:
    void PrepareFolder(const std::filesystem::path& folder) const;
    Result<Command> CommandFor(const std::filesystem::path& folder) const;

    CommandRunner& runner_;
    const Clock& clock_;
    const AcmeSettings settings_;
    IssuanceBudget budget_;
};

}  // namespace berth::worker
