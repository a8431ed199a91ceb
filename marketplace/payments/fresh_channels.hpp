#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/error.hpp"
#include "core/rails/channel_ledger.hpp"
#include "marketplace/payments/settings.hpp"

namespace berth::payments {

/// A channel as its chain held it, at most `observation_age_max` ago, so that a burst of claims
/// asks the chain once. Checks the network at every reading. Thread-safe; blocks until the
/// deadline.
class FreshChannels {
public:
    using Reading = std::optional<rails::ChannelOnChain>;

    FreshChannels(rails::ChannelLedger& ledger, const Settings& settings)
        : ledger_{ledger}, settings_{settings}
    {
    }

    const Settings& settings() const { return settings_; }

    /// `ledger_time` of the answer is the reading's plus its age.
    /// Errors: those of ChannelLedger; kPrecondition `WRONG_NETWORK`.
    Result<Reading> Get(const std::string& channel_id, Deadline deadline);
    /// Asks the chain whatever was read before.
    Result<Reading> Read(const std::string& channel_id, Deadline deadline);

private:
    struct Kept {
        rails::ChannelOnChain channel;
        Deadline::Steady::time_point at;
    };

    rails::ChannelLedger& ledger_;
    const Settings& settings_;
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;
};

}  // namespace berth::payments
