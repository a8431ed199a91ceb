#include "tests/integration/relay_abuse/raw_client.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/relay/transport/client_frames.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr std::string_view kAlpn{"\x08http/1.1", 9};

sockaddr_in Endpoint(const std::string& address, unsigned short port)
{
    sockaddr_in endpoint{};
    endpoint.sin_family = AF_INET;
    endpoint.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &endpoint.sin_addr);
    return endpoint;
}

const sockaddr* Plain(const sockaddr_in& endpoint)
{
    return reinterpret_cast<const sockaddr*>(&endpoint);
}

}  // namespace

RawClient::RawClient(unsigned short port, const std::string& source)
    : handle_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    const auto from = Endpoint(source, 0);
    const auto to = Endpoint("127.0.0.1", port);
    const int on = 1;
    ::setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(handle_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (::bind(handle_, Plain(from), sizeof from) != 0 ||
        ::connect(handle_, Plain(to), sizeof to) != 0) {
        throw std::runtime_error{"The relay cannot be reached from " + source};
    }
}

RawClient::RawClient(RawClient&& other) noexcept
    : handle_{std::exchange(other.handle_, -1)},
      context_{std::move(other.context_)},
      tls_{std::move(other.tls_)},
      received_{std::move(other.received_)}
{
}

RawClient::~RawClient()
{
    tls_.reset();
    if (handle_ >= 0) ::close(handle_);
}

bool RawClient::StartTls(int version)
{
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context_.get(), 0);  // A client that would take anything.
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(kAlpn.data()),
                        static_cast<unsigned>(kAlpn.size()));
    SSL_set_fd(tls_.get(), handle_);
    return SSL_connect(tls_.get()) == 1;
}

std::string RawClient::Fingerprint() const
{
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{
        SSL_get1_peer_certificate(tls_.get()), &X509_free};
    X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
    return {digest.begin(), digest.end()};
}

std::string RawClient::Protocol() const
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &size);
    return {name, name + size};
}

bool RawClient::Send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Receives something; false if the connection ended or nothing came in time.
bool RawClient::Fill(std::chrono::milliseconds limit)
{
    timed_out_ = false;
    pollfd waiting{.fd = handle_, .events = POLLIN, .revents = 0};
    if (!tls_ || SSL_pending(tls_.get()) == 0) {
        timed_out_ = ::poll(&waiting, 1, static_cast<int>(limit.count())) == 0;
    }
    if (timed_out_) return false;
    std::array<char, 16384> bytes{};
    const auto count = tls_ ? SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::recv(handle_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

std::string RawClient::ReceiveUntil(std::string_view mark)
{
    auto found = received_.find(mark);
    while (found == std::string::npos && Fill(kPatience)) found = received_.find(mark);
    if (timed_out_) throw std::runtime_error{"The relay kept silent: " + received_};
    if (found == std::string::npos) return std::exchange(received_, {});
    auto text = received_.substr(0, found + mark.size());
    received_.erase(0, text.size());
    return text;
}

std::string RawClient::Upgrade(const std::string& headers)
{
    Send(
        "GET / HTTP/1.1\r\nHost: relay.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        headers + "\r\n");
    return ReceiveUntil("\r\n\r\n");
}

bool RawClient::SendText(const std::string& text) { return Send(ClientFrame({.payload = text})); }

std::optional<RawFrame> RawClient::ReceiveFrame()
{
    const auto need = [&](std::size_t size) {
        while (received_.size() < size && Fill(kPatience)) {}
        if (timed_out_) throw std::runtime_error{"The relay kept silent."};
        return received_.size() >= size;
    };
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(received_[i]); };
    if (!need(2)) return std::nullopt;
    std::size_t length = byte(1) & 0x7F;
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!need(2 + extended)) return std::nullopt;
    if (extended > 0) length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8 | byte(2 + i);
    if (!need(2 + extended + length)) return std::nullopt;
    RawFrame frame{.opcode = byte(0) & 0x0FU,
                   .compressed = (byte(0) & 0x40) != 0,
                   .payload = received_.substr(2 + extended, length)};
    received_.erase(0, 2 + extended + length);
    return frame;
}

std::string RawClient::ReceiveText()
{
    while (const auto frame = ReceiveFrame()) {
        if (frame->opcode == 1) return frame->payload;
    }
    return {};
}

unsigned RawClient::ReceiveClose()
{
    while (const auto frame = ReceiveFrame()) {
        if (frame->opcode != 8) continue;
        if (frame->payload.size() < 2) return 0;
        return static_cast<unsigned>(static_cast<unsigned char>(frame->payload[0])) << 8 |
               static_cast<unsigned char>(frame->payload[1]);
    }
    return 0;
}

bool RawClient::EndsWithin(std::chrono::milliseconds limit)
{
    const auto until = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left <= 0ms) return false;
        if (!Fill(left)) return !timed_out_;
    }
}

}  // namespace berth::relay::test
