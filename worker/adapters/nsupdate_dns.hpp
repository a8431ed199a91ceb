#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/command_runner.hpp"
#include "worker/ports/dns.hpp"

namespace berth::worker {

struct DnsSettings {
    std::string program = "nsupdate";
    std::string zone;
    std::string primary;               ///< `host:port` that takes updates.
    std::vector<std::string> servers;  ///< `host:port` of every authoritative server.
    std::filesystem::path tsig_file;   ///< In BIND's syntax, mode 0600.
    std::chrono::seconds ttl{60};
};

/// Asks one server for the values of a name and type; none where there is no such record.
using AskNameServer = std::function<Result<std::vector<std::string>>(
    const std::string& server, const std::string& name, const std::string& type,
    Deadline deadline)>;

/// Dns over RFC 2136 updates by `nsupdate`. A record is created if the name is absent, or replaces
/// exactly what was seen there. The program's exit code is never the proof.
class NsupdateDns final : public Dns {
public:
    /// `runner` must outlive it.
    NsupdateDns(CommandRunner& runner, DnsSettings settings, AskNameServer ask)
        : runner_{runner}, settings_{std::move(settings)}, ask_{std::move(ask)}
    {
    }
    Result<void> Upsert(const DnsRecord& record, Deadline deadline) override;
    Result<void> Remove(const std::string& name, Deadline deadline) override;

private:
    using Values = std::vector<std::string>;
    using Records = std::map<std::string, Values>;  ///< By type.
    Result<void> CheckName(const std::string& name) const;
    /// What a server says that a name has; no type without a value.
    Result<Records> Published(const std::string& server, const std::string& name,
                              Deadline deadline);
    Result<void> Update(const std::string& changes, Deadline deadline);
    Result<void> Proven(const std::string& name, const Records& wanted, Deadline deadline);

    CommandRunner& runner_;
    const DnsSettings settings_;
    const AskNameServer ask_;
};

}  // namespace berth::worker
