#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace berth::relay::test {

/// One frame as it came over the wire.
struct RawFrame {
    unsigned opcode = 0;
    bool compressed = false;
    std::string payload;
};

/// A client that sends whatever bytes it likes over a socket of its own. Every wait ends after ten
/// seconds with std::runtime_error.
class RawClient {
public:
    /// Connects from `source`, an address of the loopback.
    explicit RawClient(unsigned short port, const std::string& source = "127.0.0.1");
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    /// Goes on over TLS of at most `version`, whatever the certificate; false if refused.
    bool StartTls(int version = TLS1_3_VERSION);
    /// SHA-256 of the server's certificate, and the protocol it chose by ALPN.
    std::string Fingerprint() const;
    std::string Protocol() const;

    /// False if the relay has closed the connection.
    bool Send(std::string_view bytes);
    /// What comes up to and including `mark`; what was received until the end, if it ends first.
    std::string ReceiveUntil(std::string_view mark);
    /// Opens the WebSocket with further header lines, each ended by CR LF; the response's head.
    std::string Upgrade(const std::string& headers = {});
    /// Sends one masked text frame.
    bool SendText(const std::string& text);
    /// The next frame; nothing if the connection ended.
    std::optional<RawFrame> ReceiveFrame();
    /// The next text frame, other frames skipped; empty if the connection ended.
    std::string ReceiveText();
    /// The code of the close frame that ends the connection; 0 if it ended without one.
    unsigned ReceiveClose();
    /// Whether the relay ends the connection within `limit`.
    bool EndsWithin(std::chrono::milliseconds limit);

private:
    bool Fill(std::chrono::milliseconds limit);

    int handle_ = -1;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
    std::string received_;
    bool timed_out_ = false;
};

}  // namespace berth::relay::test
