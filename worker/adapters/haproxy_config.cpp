#include "worker/adapters/haproxy_config.hpp"

#include "core/base/file.hpp"

namespace berth::worker {
namespace {

constexpr auto kGlobal = R"(# Written by berth-worker --print-edge-config.
global
    maxconn 4000
    ssl-default-bind-options ssl-min-ver TLSv1.2
    ssl-default-server-options ssl-min-ver TLSv1.2
)";

// The ingress cuts idle connections after 60 s and relays keep theirs alive below that.
constexpr auto kDefaults = R"(
defaults
    mode http
    option forwardfor
    timeout connect 5s
    timeout client 75s
    timeout server 75s
    timeout tunnel 1h
    timeout http-request 10s
)";

constexpr auto kResolverTimes = R"(
    timeout resolve 1s
    timeout retry 1s
    resolve_retries 3
    hold valid 10s
    accepted_payload_size 4096
)";

std::string Resolvers(const EdgeSettings& edge)
{
    const auto source = edge.resolver.empty() ? std::string{"parse-resolv-conf"}
                                              : "nameserver configured " + edge.resolver;
    return "\nresolvers names\n    " + source + kResolverTimes;
}

/// Ends a request with a status where a variable was not found.
std::string Answer(int status, const std::string& text, const std::string& variable)
{
    return "    http-request return status " + std::to_string(status) +
           " content-type text/plain string \"" + text + "\" unless { var(" + variable +
           ") -m found }\n";
}

std::string Frontend(const EdgeSettings& edge)
{
    std::string text = "\nfrontend relays\n";
    for (const auto& address : edge.listen) {
        text += "    bind " + address + " ssl crt-list " + edge.CertificateList().string() +
                " strict-sni alpn http/1.1\n";
    }
    text += "    http-request set-var(txn.ingress) req.hdr(host),host_only,lower,map(" +
            edge.HostsMap().string() + ")\n";
    return text + Answer(404, "No relay has this name.", "txn.ingress") +
           "    http-request do-resolve(txn.address,names,ipv4) var(txn.ingress)\n" +
           Answer(503, "The relay's provider has no address.", "txn.address") +
           R"(    http-request set-header Host %[var(txn.ingress)]
    http-request set-header X-Forwarded-Proto https
    http-request set-dst var(txn.address)
    http-request set-dst-port int()" +
           std::to_string(edge.ingress_port) + ")\n    default_backend ingress\n";
}

std::string Backend(const EdgeSettings& edge)
{
    const auto ca = edge.ingress_ca_file.empty() ? "@system-ca" : edge.ingress_ca_file.string();
    return "\nbackend ingress\n    server provider 0.0.0.0:0 ssl verify required ca-file " + ca +
           " sni var(txn.ingress)\n";
}

}  // namespace

std::string HaproxyConfiguration(const EdgeSettings& edge)
{
    return kGlobal + ("    stats socket " + edge.socket.string() + " mode 600 level admin\n") +
           kDefaults + Resolvers(edge) + Frontend(edge) + Backend(edge);
}

Result<void> PrepareEdgeFolder(const EdgeSettings& edge)
{
    std::error_code error;
    std::filesystem::create_directories(edge.CertificatesFolder(), error);
    if (!error) {
        std::filesystem::permissions(edge.folder, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN",
                    edge.folder.string() + ": " + error.message());
    }
    for (const auto& path : {edge.CertificateList(), edge.HostsMap()}) {
        if (std::filesystem::exists(path)) continue;
        if (const auto written = WriteFileAtomically(path, ""); !written) return written.error();
    }
    return {};
}

}  // namespace berth::worker
