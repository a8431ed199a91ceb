#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::probe {

/// Where to connect, and who has to answer there.
struct Endpoint {
    std::string host;  ///< For SNI, the certificate's name and the Host header.
    int port = 443;
    bool tls = true;
    std::string connect_address;  ///< The IP address that `host` was resolved to.
    int connect_port = 0;         ///< 0: `port`.
    std::string ca_file;          ///< PEM; empty: the system's store.
};

/// The certificate that the other side showed and that was verified.
struct Certificate {
    std::string subject;  ///< Common name; may be empty.
    std::string issuer;   ///< Common name.
    std::vector<std::string> names;
    Time not_after;
    std::string fingerprint;  ///< SHA-256 of its DER form, hex.
};

/// A blocking TCP or TLS connection with a deadline and a limit of bytes to receive. TLS 1.2 at
/// least, the chain and the name verified always. For one thread at a time.
class Connection {
public:
    /// Errors: kUnavailable `CONNECT_FAILED`, `TLS_FAILED`, `TLS_NOT_TRUSTED`; kTimeout
    /// `CONNECT_TIMED_OUT`.
    static Result<std::unique_ptr<Connection>> Open(const Endpoint& endpoint, Deadline deadline);
    ~Connection();

    /// Of the reads and writes that follow.
    void set_deadline(Deadline deadline);
    /// How many more bytes may come in; 64 MiB at first.
    void set_byte_limit(std::size_t limit);

    /// Waits for at least one byte; 0 at the end.
    /// Errors: kUnavailable `CONNECTION_LOST`; kTimeout `READ_TIMED_OUT`; kExhausted `TOO_LARGE`.
    Result<std::size_t> ReadSome(char* into, std::size_t size);
    /// Writes all. Errors: kUnavailable `CONNECTION_LOST`; kTimeout `WRITE_TIMED_OUT`.
    Result<void> Write(std::string_view bytes);

    const std::optional<Certificate>& certificate() const;

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace berth::probe
