#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace berth::worker {

/// How the operator's HAProxy is set up as the TLS edge of his relays.
struct EdgeSettings {
    std::filesystem::path folder;           ///< Certificates and maps, written by the worker.
    std::filesystem::path socket;           ///< Runtime socket; a path under 108 bytes.
    std::vector<std::string> listen;        ///< `address:port` of every TLS port.
    std::string resolver;                   ///< `host:port`; empty: those of /etc/resolv.conf.
    std::filesystem::path ingress_ca_file;  ///< Issuers of the providers' ingress certificates;
                                            ///< empty: those of the system.
    int ingress_port = 443;                 ///< Port of the providers' ingresses.

    std::filesystem::path CertificatesFolder() const { return folder / "certificates"; }
    std::filesystem::path CertificateList() const { return folder / "crt-list.txt"; }
    std::filesystem::path HostsMap() const { return folder / "hosts.map"; }
};

/// The configuration file that HAProxy needs for this edge, whole: TLS by the certificates of the
/// crt-list, relay name → ingress by the map, Host rewritten, TLS to the ingress with its name
/// checked. Both lists change at run time through the socket, so HAProxy is never reloaded.
std::string HaproxyConfiguration(const EdgeSettings& edge);

/// Makes the folder and the empty lists that HAProxy wants to find at its start; keeps those that
/// are there. Errors: kUnavailable `FILE_NOT_WRITTEN`.
Result<void> PrepareEdgeFolder(const EdgeSettings& edge);

}  // namespace berth::worker
