#include "relay-image/bench/stream.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::bench {
namespace {

[[noreturn]] void Throw(const std::string& what)
{
    throw std::runtime_error{what + ": " + std::strerror(errno)};
}

void SetOption(int socket, int level, int name)
{
    const int on = 1;
    ::setsockopt(socket, level, name, &on, sizeof on);
}

int Connect(const probe::Endpoint& endpoint)
{
    boost::system::error_code wrong;
    const auto address = boost::asio::ip::make_address(endpoint.connect_address, wrong);
    if (wrong) throw std::runtime_error{endpoint.connect_address + " is no address"};
    const auto port = endpoint.connect_port == 0 ? endpoint.port : endpoint.connect_port;
    const boost::asio::ip::tcp::endpoint to{address, static_cast<unsigned short>(port)};
    const int socket = ::socket(to.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, to.data(), static_cast<socklen_t>(to.size())) != 0) {
        const int why = errno;
        ::close(socket);
        errno = why;
        Throw("connect");
    }
    SetOption(socket, IPPROTO_TCP, TCP_NODELAY);
    return socket;
}

/// Of all connections of the process; it is never freed.
SSL_CTX* TlsContext(const std::string& ca_file)
{
    static SSL_CTX* const context = [&] {
        auto* made = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
        SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (ca_file.empty()) {
            SSL_CTX_set_default_verify_paths(made);
        } else {
            SSL_CTX_load_verify_locations(made, ca_file.c_str(), nullptr);
        }
        return made;
    }();
    return context;
}

}  // namespace

Stream::Stream(const probe::Endpoint& endpoint) : socket_{Connect(endpoint)}
{
    if (!endpoint.tls) return;
    try {
        StartTls(endpoint);
    } catch (const std::runtime_error&) {
        SSL_free(tls_);
        ::close(socket_);
        throw;
    }
}

Stream::Stream(Stream&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)}, tls_{std::exchange(other.tls_, nullptr)}
{
}

Stream::~Stream()
{
    SSL_free(tls_);
    if (socket_ >= 0) ::close(socket_);
}

void Stream::StartTls(const probe::Endpoint& endpoint)
{
    tls_ = SSL_new(TlsContext(endpoint.ca_file));
    auto host = endpoint.host;
    bool ready = tls_ && SSL_set_fd(tls_, socket_) == 1;
    const bool is_address =
        ready && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), host.c_str()) == 1;
    if (ready && !is_address) {
        ready = SSL_set1_host(tls_, host.c_str()) == 1 &&
                SSL_ctrl(tls_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                         host.data()) == 1;
    }
    if (!ready || SSL_connect(tls_) != 1) {
        throw std::runtime_error{host + " does not speak TLS, or not with a certificate for it"};
    }
}

void Stream::StopBlocking() { ::fcntl(socket_, F_SETFL, O_NONBLOCK); }

std::size_t Stream::TlsOutcome(int outcome)
{
    if (outcome > 0) return static_cast<std::size_t>(outcome);
    const int why = SSL_get_error(tls_, outcome);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return 0;
    throw std::runtime_error{"the relay hung up"};
}

std::size_t Stream::Send(std::string_view bytes)
{
    if (tls_) return TlsOutcome(SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())));
    const auto took = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (took < 0 && errno == EAGAIN) return 0;
    if (took < 0) Throw("send");
    return static_cast<std::size_t>(took);
}

std::size_t Stream::Receive(char* into, std::size_t size)
{
    if (tls_) return TlsOutcome(SSL_read(tls_, into, static_cast<int>(size)));
    const auto got = ::recv(socket_, into, size, 0);
    if (got == 0) throw std::runtime_error{"the relay hung up"};
    if (got < 0 && errno == EAGAIN) return 0;
    if (got < 0) Throw("recv");
    return static_cast<std::size_t>(got);
}

void Stream::AcknowledgeNow() { SetOption(socket_, IPPROTO_TCP, TCP_QUICKACK); }

}  // namespace berth::bench
