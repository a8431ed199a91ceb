#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "cli/stack/haproxy.hpp"
#include "core/probe/http_client.hpp"
#include "tests/fakes/fake_acme_authority.hpp"
#include "tests/integration/worker/name_server.hpp"
#include "worker/adapters/haproxy_edge.hpp"

namespace berth::worker {

/// A provider's ingress: serves TLS by one certificate and answers with the Host it was asked for;
/// after an upgrade it sends back what it gets.
class EchoIngress {
public:
    EchoIngress(const std::string& chain, const Secret& key);
    ~EchoIngress();
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    using Stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
    void Serve();
    static void Echo(Stream stream);

    boost::asio::io_context io_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> echoes_;  ///< They end with the edge's connections.
    std::thread thread_;
};

/// A client's connection through the edge that is upgraded and stays open.
class Tunnel {
public:
    /// Connects to 127.0.0.1 and `port` as `host`, verified against the issuers in `ca_file`.
    /// Throws boost::system::system_error.
    Tunnel(const std::string& host, std::uint16_t port, const std::filesystem::path& ca_file);
    /// Sends a line and reads what comes back.
    std::string Say(const std::string& line);
    /// SHA-256 of the certificate that it was shown, lower-case hex.
    std::string fingerprint();

private:
    boost::asio::io_context io_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
    std::string read_;
};

/// A real HAProxy as the operator's edge, in front of an ingress `p1.akash.test`.
class WithEdge : public WithNameServer {
protected:
    void SetUp() override;

    static std::string Local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
    bool StartHaproxy();
    /// Serves `*.relays.berth.test`.
    void ServeWildcard(HaproxyEdge& edge);
    Result<probe::HttpResponse> Get(const std::string& host, std::uint16_t port);

    TestAuthority authority_;
    const Secret ingress_key_ = MakeCertificateKey();
    const Secret key_ = MakeCertificateKey();
    EchoIngress ingress_{authority_.Issue(ingress_key_, {"p1.akash.test"}), ingress_key_};
    std::vector<std::uint16_t> ports_;
    std::filesystem::path ca_file_;
    EdgeSettings settings_;
    std::unique_ptr<stack::Haproxy> haproxy_;
};

}  // namespace berth::worker
