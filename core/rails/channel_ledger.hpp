#pragma once

#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::rails {

/// A channel as its chain holds it in the newest validated ledger.
struct ChannelOnChain {
    std::string channel_id;
    std::string payer;
    std::string payee;
    std::string public_key;  ///< Hex, as the rail writes it.
    money::Amount capacity;
    money::Amount redeemed;
    std::chrono::seconds settle_delay{0};
    std::optional<Time> deadline;  ///< The nearer of Expiration and CancelAfter.
    bool close_requested = false;  ///< Expiration is set.
    std::optional<std::uint32_t> destination_tag;
    std::int64_t ledger = 0;
    Time ledger_time;
};

/// Reads a rail's chain. Thread-safe; blocks until `deadline`.
class ChannelLedger {
public:
    virtual ~ChannelLedger() = default;
    virtual std::string_view rail() const = 0;
    /// Name of the network, part of a channel's identity: `xrpl:0`, `xrpl:1`, ...
    virtual Result<std::string> Network(Deadline deadline) = 0;
    /// Nothing where the chain has no such channel (any more).
    /// Errors: kUnavailable `LEDGER_UNAVAILABLE`, `LEDGER_NOT_VALIDATED`; kTimeout.
    virtual Result<std::optional<ChannelOnChain>> Read(const std::string& channel_id,
                                                       Deadline deadline) = 0;
};

}  // namespace berth::rails
