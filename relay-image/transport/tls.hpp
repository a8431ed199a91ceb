#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::relay {

/// A certificate chain and its key, as PEM.
struct TlsMaterial {
    std::string certificate;
    Secret key;

    bool operator==(const TlsMaterial&) const = default;
};

/// One connection's TLS state.
using TlsState = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// What the TLS ports serve: TLS 1.2 or later, ALPN http/1.1. The certificate can be exchanged
/// while connections are open; they keep the one they began with. Thread-safe.
class Tls {
public:
    Tls() = default;

    /// Serves `material` to the connections that come from now on.
    /// Errors: kInvalid `TLS_BAD_CERTIFICATE`, `TLS_BAD_KEY` (or one that does not fit); the
    /// earlier material is kept.
    Result<void> Use(const TlsMaterial& material);

    /// The state of a new connection over the non-blocking socket `handle`; null before Use.
    TlsState Accept(int handle) const;

    /// When the served certificate ends; nothing before Use.
    std::optional<Time> expires() const;

private:
    using Context = std::shared_ptr<SSL_CTX>;
    Context context() const;

    mutable std::mutex mutex_;
    Context context_;
    std::optional<Time> expires_;
};

}  // namespace berth::relay
