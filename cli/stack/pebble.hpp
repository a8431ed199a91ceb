#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/stack/server.hpp"

namespace berth::stack {

/// A private ACME certificate authority (Pebble) on 127.0.0.1, with a root that it makes anew at
/// each start. It validates at once, without its random pause, through our name server. Not
/// thread-safe.
class Pebble final : public Server {
public:
    struct Settings {
        std::filesystem::path folder;
        std::uint16_t port = 0;             ///< ACME over TLS.
        std::uint16_t management_port = 0;  ///< Its roots, over TLS.
        std::string resolver;               ///< `host:port` of the DNS server that it asks.
    };
    explicit Pebble(Settings settings);

    /// Errors: kUnavailable `FILE_NOT_WRITTEN`, `CHILD_NOT_STARTED`.
    Result<void> Launch() override;
    /// Whether it has told the root of the certificates that it issues, which is stored then.
    bool Serves() override;
    void Stop() override { child_.Stop(); }

    /// ACME directory URL.
    std::string Directory() const;
    /// PEM of the authority that certifies the ACME server itself.
    std::filesystem::path ServerCa() const { return settings_.folder / "server-ca.pem"; }
    /// PEM of the root of the certificates that it issues.
    std::filesystem::path Root() const { return settings_.folder / "root.pem"; }
    Child& child() override { return child_; }

private:
    Result<void> WriteFiles() const;

    Settings settings_;
    Child child_;
};

}  // namespace berth::stack
