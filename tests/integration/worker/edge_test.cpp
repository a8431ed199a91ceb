#include <fstream>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "cli/stack/haproxy.hpp"
#include "core/base/file.hpp"
#include "core/probe/http_client.hpp"
#include "tests/fakes/fake_acme_authority.hpp"
#include "tests/integration/worker/name_server.hpp"
#include "worker/adapters/haproxy_edge.hpp"

namespace berth::worker {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// A provider's ingress: serves TLS by one certificate and answers with the Host it was asked for.
class EchoIngress {
public:
    EchoIngress(const std::string& chain, const Secret& key)
    {
        context_.use_certificate_chain(asio::buffer(chain));
        context_.use_private_key(asio::buffer(key.Expose()), asio::ssl::context::pem);
        thread_ = std::thread{[this] { Serve(); }};
    }
    ~EchoIngress()
    {
        stopping_ = true;
        asio::io_context io;
        boost::system::error_code ignored;
        tcp::socket{io}.connect({asio::ip::make_address("127.0.0.1"), port()}, ignored);
        thread_.join();
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void Serve()
    {
        while (true) {
            asio::ssl::stream<tcp::socket> stream{acceptor_.accept(), context_};
            if (stopping_) return;
            boost::system::error_code failed;
            stream.handshake(asio::ssl::stream_base::server, failed);
            std::string request;
            if (!failed)
                asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", failed);
            if (failed) continue;
            const auto host = request.substr(request.find("host: ") + 6);
            const auto body = host.substr(0, host.find('\r'));
            asio::write(stream,
                        asio::buffer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                                     std::to_string(body.size()) + "\r\n\r\n" + body),
                        failed);
            stream.shutdown(failed);
        }
    }

    asio::io_context io_;
    asio::ssl::context context_{asio::ssl::context::tls_server};
    tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

class HaproxyEdgeTest : public WithNameServer {
protected:
    void SetUp() override
    {
        WithNameServer::SetUp();
        ports_ = stack::FreePorts(2).value();
        ca_file_ = folder_.path() / "ca.pem";
        ASSERT_TRUE(WriteFileAtomically(ca_file_, authority_.certificate()));
        settings_ = {.folder = folder_.path() / "edge",
                     .socket = folder_.path() / "edge" / "admin.sock",
                     .listen = {Local(ports_[0]), Local(ports_[1])},
                     .resolver = bind_->Address(),
                     .ingress_ca_file = ca_file_,
                     .ingress_port = ingress_.port()};
        ASSERT_TRUE(PrepareEdgeFolder(settings_));
        haproxy_ = std::make_unique<stack::Haproxy>(folder_.path() / "haproxy", ports_);
        ASSERT_TRUE(StartHaproxy());
    }

    static std::string Local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

    bool StartHaproxy()
    {
        return haproxy_->Configure(HaproxyConfiguration(settings_)) && haproxy_->Start(Soon());
    }

    void ServeWildcard(HaproxyEdge& edge)
    {
        const auto chain = authority_.Issue(key_, {"*.relays.berth.test"});
        const auto installed = edge.InstallCertificate("relays.berth.test", chain, key_, Soon());
        ASSERT_TRUE(installed) << installed.error().message;
    }

    Result<probe::HttpResponse> Get(const std::string& host, std::uint16_t port)
    {
        return probe::Fetch(
            {.url = "https://" + host + "/"},
            {.connect_address = "127.0.0.1", .connect_port = port, .ca_file = ca_file_},
            Deadline::After(std::chrono::seconds{10}));
    }

    TestAuthority authority_;
    const Secret ingress_key_ = MakeCertificateKey();
    const Secret key_ = MakeCertificateKey();
    EchoIngress ingress_{authority_.Issue(ingress_key_, {"p1.akash.test"}), ingress_key_};
    std::vector<std::uint16_t> ports_;
    std::filesystem::path ca_file_;
    EdgeSettings settings_;
    std::unique_ptr<stack::Haproxy> haproxy_;
};

TEST_F(HaproxyEdgeTest, ServesARelayOnBothPortsAndAsksTheIngressByItsOwnName)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    for (const auto port : ports_) {
        const auto response = Get("o1.relays.berth.test", port);
        ASSERT_TRUE(response) << response.error().message;
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "p1.akash.test");
    }
}

TEST_F(HaproxyEdgeTest, RefusesAnIngressThatShowsAnotherName)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "imposter.akash.test", Soon()));
    const auto response = Get("o1.relays.berth.test", ports_[0]);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
}

TEST_F(HaproxyEdgeTest, AnswersForNoOtherNameAndForgetsWhatWasUnrouted)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    EXPECT_EQ(Get("o2.relays.berth.test", ports_[0])->status, 404);
    EXPECT_TRUE(Get("relay.customer.test", ports_[0]).has_error());
    ASSERT_TRUE(edge.Unroute("o1.relays.berth.test", Soon()));
    ASSERT_TRUE(edge.Unroute("o1.relays.berth.test", Soon()));
    EXPECT_EQ(Get("o1.relays.berth.test", ports_[0])->status, 404);
}

TEST_F(HaproxyEdgeTest, KeepsCertificateAndRouteAcrossARestart)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    haproxy_->Stop();
    ASSERT_TRUE(StartHaproxy());
    const auto response = Get("o1.relays.berth.test", ports_[0]);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "p1.akash.test");
    ServeWildcard(edge);  // A certificate that was loaded from the list can be replaced.
    EXPECT_TRUE(Get("o1.relays.berth.test", ports_[0]));
}

TEST_F(HaproxyEdgeTest, ServesACustomersNameByItsOwnCertificateUntilItIsRemoved)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    const auto chain = authority_.Issue(key_, {"relay.customer.test"});
    ASSERT_TRUE(edge.InstallCertificate("relay.customer.test", chain, key_, Soon()));
    ASSERT_TRUE(edge.Route("relay.customer.test", "p1.akash.test", Soon()));
    ASSERT_TRUE(edge.Route("relay.customer.test", "p1.akash.test", Soon()));
    EXPECT_EQ(Get("relay.customer.test", ports_[1])->body, "p1.akash.test");
    EXPECT_EQ(edge.CertificateOf("relay.customer.test")->value(), chain);
    ASSERT_TRUE(edge.RemoveCertificate("relay.customer.test", Soon()));
    EXPECT_TRUE(Get("relay.customer.test", ports_[1]).has_error());
}

TEST_F(HaproxyEdgeTest, WritesTheFilesAlthoughHaproxyIsDownAndSaysSo)
{
    HaproxyEdge edge{settings_};
    haproxy_->Stop();
    const auto chain = authority_.Issue(key_, {"*.relays.berth.test"});
    const auto down = edge.InstallCertificate("relays.berth.test", chain, key_, Soon());
    ASSERT_TRUE(down.has_error());
    EXPECT_EQ(down.error().reason, "EDGE_UNAVAILABLE");
    ASSERT_TRUE(StartHaproxy());
    EXPECT_EQ(Get("o1.relays.berth.test", ports_[0])->status, 404);
}

TEST_F(HaproxyEdgeTest, RefusesANameThatWouldForgeACommand)
{
    HaproxyEdge edge{settings_};
    const auto refused = edge.Route("a.berth.test x\nshow info", "p1.akash.test", Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "BAD_DNS_NAME");
}

}  // namespace
}  // namespace berth::worker
