#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "relay-image/http/password_hash.hpp"
#include "relay-image/http/routes.hpp"

namespace berth::relay {

/// Who may see the dashboard: HTTP Basic with any user name and one password, from the addresses
/// that are allowed. After ten failures of an address within a minute that address waits for the
/// rest of it. Hashes are computed on a thread of its own; all else is used on the I/O thread.
class DashboardGuard {
public:
    using Steady = std::chrono::steady_clock;

    struct Settings {
        std::optional<PasswordHash> password;  ///< Nothing lets nobody in.
        std::set<std::string> addresses = {};  ///< Canonical ranges; empty is everybody.
    };

    enum class Decision { kAllowed, kRefused, kThrottled, kForeign };

    explicit DashboardGuard(Settings settings);

    /// Decides on a call by its address and its Authorization header; one that changes something
    /// (POST) has to come from our own pages.
    boost::asio::awaitable<Decision> Decide(const HttpCall& call, Steady::time_point now);

private:
    struct Failures {
        int count = 0;
        Steady::time_point since{};
    };

    boost::asio::awaitable<bool> Fits(std::string password);
    bool IsAllowed(const std::string& address) const;
    void Forget(Steady::time_point now);

    const Settings settings_;
    const std::string key_;                     ///< Of `known_`; random.
    std::string known_;                         ///< Keyed digest of the password that was right.
    std::map<std::string, Failures> failures_;  ///< By address.
    int hashing_ = 0;
    boost::asio::thread_pool pool_{1};
};

/// Whether a browser sent the call from a page of this site, or it came from no browser.
bool IsSameSite(const HttpCall& call);

}  // namespace berth::relay
