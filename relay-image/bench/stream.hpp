#pragma once

#include <cstddef>
#include <string_view>

#include <openssl/ssl.h>

#include "core/probe/connection.hpp"

namespace berth::bench {

/// A TCP connection, over TLS where the endpoint has it: blocking at first, for its greetings, and
/// then never. Calls throw std::runtime_error when it breaks.
class Stream {
public:
    /// Connects to the endpoint's address and, over TLS, verifies who answers.
    explicit Stream(const probe::Endpoint& endpoint);
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&&) = delete;
    ~Stream();

    int descriptor() const { return socket_; }
    /// From now on calls return what goes at once.
    void StopBlocking();
    /// Bytes that were taken; 0 if it would block.
    std::size_t Send(std::string_view bytes);
    /// Bytes that were there; 0 if it would block. The end is an error.
    std::size_t Receive(char* into, std::size_t size);
    /// Whether more can be received of which the descriptor tells nothing.
    bool HoldsMore() const { return tls_ && SSL_pending(tls_) > 0; }
    /// Acknowledges at once what came in, as who has something to send does.
    void AcknowledgeNow();

private:
    void StartTls(const probe::Endpoint& endpoint);
    std::size_t TlsOutcome(int outcome);

    int socket_ = -1;
    SSL* tls_ = nullptr;
};

}  // namespace berth::bench
