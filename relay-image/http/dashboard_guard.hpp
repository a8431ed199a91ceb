#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "core/base/secret.hpp"

namespace berth::relay {

/// Who may see the dashboard: HTTP Basic with any user name and one password. After ten failures of
/// an address within a minute that address waits for the rest of it. Used on the I/O thread only.
class DashboardGuard {
public:
    using Steady = std::chrono::steady_clock;

    enum class Decision { kAllowed, kRefused, kThrottled };

    /// An empty password lets nobody in.
    explicit DashboardGuard(Secret password) : password_{std::move(password)} {}

    /// Decides on the value of an Authorization header, empty if there is none.
    Decision Decide(std::string_view authorization, const std::string& address,
                    Steady::time_point now);

private:
    struct Failures {
        int count = 0;
        Steady::time_point since{};
    };

    bool Matches(std::string_view authorization) const;
    void Forget(Steady::time_point now);

    Secret password_;
    std::map<std::string, Failures> failures_;  ///< By address.
};

}  // namespace berth::relay
