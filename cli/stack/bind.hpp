#pragma once

#include "cli/stack/server.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace berth::stack {

/// A zone that the private name server is primary for.
struct Zone {
    std::string name{};                  ///< `berth.test`
    std::vector<std::string> records{};  ///< Zone-file lines on top of SOA and NS.
    std::string key_name{};              ///< TSIG key that may update it; empty for none.
};

/// A recursive name server that is asked for names of the world outside.
struct Forwarder {
    std::string address{};  ///< IPv4 or IPv6.
    std::uint16_t port = 53;
};

/// `192.0.2.1, 10.0.0.1:5353, [2001:db8::1]:53`. Errors: kInvalid `BAD_FORWARDER`.
Result<std::vector<Forwarder>> ParseForwarders(const std::string& list);
/// The name servers of a text like /etc/resolv.conf; what is no address is left out.
std::vector<Forwarder> SystemForwarders(const std::string& resolv_conf);

/// A private BIND on 127.0.0.1: primary for its zones, and recursive over them, so that a CNAME
/// from one zone into another is followed. Every other name is asked of the forwarders; without any
/// it does not exist, and nothing is asked outside. Not thread-safe.
class Bind final : public Server {
public:
    /// Keeps everything in `folder`; listens on `port` for TCP and UDP.
    Bind(std::filesystem::path folder, std::uint16_t port, std::vector<Zone> zones,
         std::vector<Forwarder> forwarders = {});

    /// Writes configuration, zones and keys first. Errors: kUnavailable `BIND_MISSING`,
    /// `FILE_NOT_WRITTEN`, `CHILD_NOT_STARTED`.
    Result<void> Launch() override;
    /// Whether it answers for every zone.
    bool Serves() override;
    void Stop() override { child_.Stop(); }

    /// `127.0.0.1:port`.
    std::string Address() const;
    /// File of mode 0600 with a TSIG key, as `nsupdate -k` takes it.
    std::filesystem::path KeyFile(const std::string& key_name) const;
    Child& child() override { return child_; }

private:
    Result<void> WriteFiles() const;
    bool Answers(const Zone& zone) const;
    std::string Elsewhere() const;

    std::filesystem::path folder_;
    std::uint16_t port_;
    std::vector<Zone> zones_;
    std::vector<Forwarder> forwarders_;
    Child child_;
};

}  // namespace berth::stack
