#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/base/clock.hpp"
#include "core/base/secret.hpp"
#include "core/nostr/keys.hpp"
#include "core/probe/address_policy.hpp"
#include "core/probe/resolver.hpp"

namespace berth::probe {

/// One relay, as its owner was promised it.
struct ProbeRequest {
    std::string relay_url;                  ///< `wss://host[:port]`.
    int connect_port = 0;                   ///< Where the edge listens if not on the URL's port.
    boost::json::object expected_limits{};  ///< Has to be contained in NIP-11's `limitation`.
    std::string expected_issuer{};          ///< Part of the issuer's common name; empty: any.
    bool has_dashboard = true;              ///< Other relay images have none.
    std::string dashboard_user = "admin";
    std::optional<Secret> dashboard_password{};  ///< Without it only the refusal is tried.
    bool checks_authoritative = true;  ///< Compares the answers of the authoritative servers.
};

/// One check, with how long it took.
struct Check {
    std::string name;
    bool passed = false;
    std::string detail;
    std::chrono::microseconds latency{0};
};

struct ProbeReport {
    bool accepted = false;        ///< All checks were made and passed.
    std::string connect_address;  ///< `address:port` that the name resolved to.
    std::string nonce_event_id;   ///< The event that was written and read back.
    std::vector<Check> checks;
};

/// Proves that a relay does what was promised, through its public name. Thread-safe.
class RelayProbe {
public:
    virtual ~RelayProbe() = default;
    /// Blocks until the deadline at most. What fails is a check that did not pass; checks that
    /// could not be made are missing.
    virtual ProbeReport Run(const ProbeRequest& request, Deadline deadline) = 0;
};

/// The real one. Resolves once and connects to that address; is limited in bytes and time; follows
/// no redirect; writes one kind-1 event with an expiration and a nonce, and asks for its deletion.
class NetworkRelayProbe final : public RelayProbe {
public:
    struct Options {
        std::vector<std::string> authoritative_servers;  ///< `address:port`, asked one by one.
        std::vector<std::string> resolvers;              ///< `address:port`; none: the system's.
        AddressPolicy addresses;
        std::string ca_file;                               ///< PEM; empty: the system's store.
        std::chrono::milliseconds step_limit{10'000};      ///< For each check.
        std::chrono::seconds certificate_left{24 * 3600};  ///< Less is refused.
    };

    /// Signs with `key`, which must be allowed to write to the relay. References have to outlive
    /// it.
    NetworkRelayProbe(Options options, const nostr::SecretKey& key, const Clock& clock);
    ProbeReport Run(const ProbeRequest& request, Deadline deadline) override;

private:
    const Options options_;
    const nostr::SecretKey& key_;
    const Clock& clock_;
};

}  // namespace berth::probe
