#include "tests/integration/worker/edge_world.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::worker {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

const asio::ip::address kLocalhost = asio::ip::make_address("127.0.0.1");

}  // namespace

EchoIngress::EchoIngress(const std::string& chain, const Secret& key)
{
    context_.use_certificate_chain(asio::buffer(chain));
    context_.use_private_key(asio::buffer(key.Expose()), asio::ssl::context::pem);
    thread_ = std::thread{[this] { Serve(); }};
}

EchoIngress::~EchoIngress()
{
    stopping_ = true;
    asio::io_context io;
    boost::system::error_code ignored;
    tcp::socket{io}.connect({kLocalhost, port()}, ignored);
    thread_.join();
    for (auto& echo : echoes_) echo.join();
}

void EchoIngress::Echo(Stream stream)
{
    boost::system::error_code failed;
    asio::write(stream,
                asio::buffer(
                    std::string_view{"HTTP/1.1 101 Switching Protocols\r\n"
                                     "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                     // RFC 6455, section 1.3: of the key that Tunnel sends.
                                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"}),
                failed);
    std::array<char, 1024> bytes;
    while (!failed) {
        const auto size = stream.read_some(asio::buffer(bytes), failed);
        if (!failed) asio::write(stream, asio::buffer(bytes.data(), size), failed);
    }
}

void EchoIngress::Serve()
{
    while (true) {
        Stream stream{acceptor_.accept(), context_};
        if (stopping_) return;
        boost::system::error_code failed;
        stream.handshake(asio::ssl::stream_base::server, failed);
        std::string request;
        if (!failed) asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", failed);
        if (failed) continue;
        if (request.find("upgrade: websocket") != std::string::npos) {
            echoes_.emplace_back(Echo, std::move(stream));
            continue;
        }
        const auto host = request.substr(request.find("host: ") + 6);
        const auto body = host.substr(0, host.find('\r'));
        asio::write(stream,
                    asio::buffer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                                 std::to_string(body.size()) + "\r\n\r\n" + body),
                    failed);
        stream.shutdown(failed);
    }
}

Tunnel::Tunnel(const std::string& host, std::uint16_t port, const std::filesystem::path& ca_file)
    : stream_{io_, context_}
{
    context_.load_verify_file(ca_file.string());
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification{host});
    SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
    stream_.lowest_layer().connect({kLocalhost, port});
    stream_.handshake(asio::ssl::stream_base::client);
    asio::write(stream_, asio::buffer("GET / HTTP/1.1\r\nHost: " + host +
                                      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                      "Sec-WebSocket-Version: 13\r\n"
                                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    const auto size = asio::read_until(stream_, asio::dynamic_buffer(read_), "\r\n\r\n");
    EXPECT_TRUE(read_.starts_with("HTTP/1.1 101 ")) << read_;
    read_.erase(0, size);
}

std::string Tunnel::Say(const std::string& line)
{
    boost::system::error_code failed;
    asio::write(stream_, asio::buffer(line + "\n"), failed);
    const auto size =
        failed ? 0 : asio::read_until(stream_, asio::dynamic_buffer(read_), '\n', failed);
    if (failed) return failed.message();
    auto answer = read_.substr(0, size - 1);
    read_.erase(0, size);
    return answer;
}

std::string Tunnel::fingerprint()
{
    const std::unique_ptr<X509, decltype(&X509_free)> shown{
        SSL_get1_peer_certificate(stream_.native_handle()), X509_free};
    unsigned char digest[32];
    unsigned int size = sizeof digest;
    X509_digest(shown.get(), EVP_sha256(), digest, &size);
    return ToHex(std::string(digest, digest + size));
}

void WithEdge::SetUp()
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

bool WithEdge::StartHaproxy()
{
    return haproxy_->Configure(HaproxyConfiguration(settings_)) && haproxy_->Start(Soon());
}

void WithEdge::ServeWildcard(HaproxyEdge& edge)
{
    const auto chain = authority_.Issue(key_, {"*.relays.berth.test"});
    const auto installed = edge.InstallCertificate("relays.berth.test", chain, key_, Soon());
    ASSERT_TRUE(installed) << installed.error().message;
}

Result<probe::HttpResponse> WithEdge::Get(const std::string& host, std::uint16_t port)
{
    return probe::Fetch({.url = "https://" + host + "/"},
                        {.connect_address = "127.0.0.1", .connect_port = port, .ca_file = ca_file_},
                        Deadline::After(std::chrono::seconds{10}));
}

}  // namespace berth::worker
