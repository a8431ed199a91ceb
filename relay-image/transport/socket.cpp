#include "relay-image/transport/socket.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>

namespace berth::relay {

namespace asio = boost::asio;

namespace {

/// What the kernel takes for a client who does not read; without it, megabytes for each.
constexpr int kMostUnsent = 128 << 10;

}  // namespace

Socket::Socket(Tcp tcp) : tcp_{std::move(tcp)}
{
    ErrorCode ignored;  // A connection that is gone already fails at its first read.
    tcp_.non_blocking(true, ignored);
    tcp_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    ::setsockopt(tcp_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent,
                 sizeof kMostUnsent);
}

void Socket::AcknowledgeNow()
{
    const int yes = 1;
    ::setsockopt(tcp_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

std::size_t Socket::TlsOutcome(int outcome, Wants& wants, ErrorCode& error)
{
    const auto kind = SSL_get_error(tls_.get(), outcome);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) {
        wants = kind == SSL_ERROR_WANT_READ ? Wants::kRead : Wants::kWrite;
        error = asio::error::would_block;
    } else if (kind == SSL_ERROR_ZERO_RETURN) {
        error = asio::error::eof;
    } else {
        error = asio::error::connection_reset;
    }
    return 0;
}

std::size_t Socket::TryRead(char* bytes, std::size_t size, ErrorCode& error)
{
    if (!tls_) return tcp_.read_some(asio::buffer(bytes, size), error);
    error = {};
    ERR_clear_error();
    std::size_t count = 0;
    const auto outcome = SSL_read_ex(tls_.get(), bytes, size, &count);
    return outcome == 1 ? count : TlsOutcome(outcome, to_read_, error);
}

std::size_t Socket::TryWrite(std::string_view bytes, ErrorCode& error)
{
    if (!tls_) return tcp_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    error = {};
    ERR_clear_error();
    std::size_t count = 0;
    const auto outcome = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
    return outcome == 1 ? count : TlsOutcome(outcome, to_write_, error);
}

void Socket::Wait(Wants wants, Waited waited)
{
    tcp_.async_wait(wants == Wants::kRead ? Tcp::wait_read : Tcp::wait_write, std::move(waited));
}

void Socket::WaitToRead(Waited waited)
{
    Wait(std::exchange(to_read_, Wants::kRead), std::move(waited));
}

void Socket::WaitToWrite(Waited waited)
{
    Wait(std::exchange(to_write_, Wants::kWrite), std::move(waited));
}

void Socket::ShutdownSend()
{
    if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
    ErrorCode ignored;
    tcp_.shutdown(Tcp::shutdown_send, ignored);
}

void Socket::Close()
{
    ErrorCode ignored;
    tcp_.close(ignored);
}

}  // namespace berth::relay
