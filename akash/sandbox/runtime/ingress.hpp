#pragma once

#include <boost/asio/io_context.hpp>

#include "akash/sandbox/runtime/certificate.hpp"
#include "akash/sandbox/runtime/workloads.hpp"

namespace berth::sandbox {

/// The TLS ingress of all providers on one loopback port: takes a request, looks at its Host, and
/// passes it on to the service's process, WebSocket upgrades included.
class Ingress {
public:
    Ingress(boost::asio::io_context& io, const Workloads& workloads, const PemPair& certificate,
            const std::string& host, int port);
    ~Ingress();

    int port() const { return port_; }

private:
    struct Tls;
    std::unique_ptr<Tls> tls_;
    int port_ = 0;
};

}  // namespace berth::sandbox
