#pragma once

#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::probe {

/// What the name system says about a name.
struct Addresses {
    std::vector<std::string> addresses;  ///< IPv4 and IPv6, sorted, without duplicates.
    std::vector<std::string> aliases;    ///< Targets of the CNAMEs on the way, in order.
};

/// Asks given name servers, never the hosts file. Thread-safe; blocks until the deadline at most.
/// Errors of every question: kNotFound `DNS_NAME_NOT_FOUND`; kUnavailable `DNS_SERVER_FAILED`;
/// kTimeout `DNS_TIMED_OUT`; kInvalid `BAD_DNS_SERVER`, `BAD_HOSTNAME`.
class Resolver {
public:
    /// `servers` are `address:port`, tried in turn; none are those of the system.
    explicit Resolver(std::vector<std::string> servers);

    /// A and AAAA records, following up to eight CNAMEs. An alias that leads nowhere is kNotFound.
    Result<Addresses> Resolve(const std::string& name, Deadline deadline) const;
    /// The same, but what one server says by itself: `addresses` is empty where its answer ends at
    /// an alias that another zone has to follow.
    Result<Addresses> ResolveOnce(const std::string& name, Deadline deadline) const;
    /// Where the name's own CNAME record leads, whether or not anything is there; kNotFound where
    /// it has none.
    Result<std::string> Alias(const std::string& name, Deadline deadline) const;
    /// TXT records, each with its parts joined.
    Result<std::vector<std::string>> Texts(const std::string& name, Deadline deadline) const;

private:
    std::string servers_;  ///< Separated by commas.
};

}  // namespace berth::probe
