#pragma once

#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::rails {

/// A signed cumulative amount on a channel, in the rail's smallest unit.
struct Claim {
    std::string channel_id;
    money::Amount cumulative;
    std::string signature_hex;
};

/// Checks the rail's own signature: the one that the chain redeems. Pure and thread-safe.
class ClaimVerifier {
public:
    virtual ~ClaimVerifier() = default;
    virtual std::string_view rail() const = 0;
    /// `public_key_hex` is the key that the chain holds for the channel, never one from the claim.
    /// Errors: kInvalid `BAD_CHANNEL_ID`, `BAD_AMOUNT`, `BAD_SIGNATURE_ENCODING`, `BAD_PUBLIC_KEY`;
    /// kUnauthenticated `BAD_CLAIM_SIGNATURE`.
    virtual Result<void> Verify(const Claim& claim, std::string_view public_key_hex) const = 0;
};

/// A channel as the chain and our books know it, at one moment.
struct ChannelState {
    money::Amount capacity;  ///< What the chain holds for us at most, in total.
    money::Amount redeemed;  ///< What the chain has paid out.
    money::Amount accepted;  ///< The highest claim that was credited.
    std::chrono::seconds settle_delay{0};
    std::optional<Time> deadline;  ///< The nearer of Expiration and CancelAfter.
    bool close_requested = false;  ///< The payer has asked to close.
    bool closed = false;
    std::string owner;  ///< The customer who registered it.
};

struct ClaimPolicy {
    money::Amount min_growth;                     ///< Less is dust.
    std::chrono::seconds min_settle_delay{3600};  ///< Less is refused at registration and after.
    std::chrono::seconds redeem_window{21600};    ///< Nearer to the deadline nothing is credited.
    money::Amount max_cumulative =
        money::Amount::FromRaw(~std::uint64_t{0});  ///< The rail's widest.
};

/// What an acceptable claim credits: cumulative − max(accepted, redeemed). The claim of the
/// accepted amount again returns 0: whether that is a duplicate or a second use, the caller knows
/// by its order. `ledger_time` is the chain's clock. Pure. Errors: kForbidden `NOT_OWNER`;
/// kPrecondition `CHANNEL_CLOSED`, `CHANNEL_CLOSING`, `CHANNEL_EXPIRED`, `SETTLE_DELAY_TOO_SHORT`,
/// `OVER_CAPACITY`; kInvalid `BAD_AMOUNT`, `DUST`; kConflict `NOT_INCREASING`.
Result<money::Amount> CreditOf(money::Amount cumulative, std::string_view customer,
                               const ChannelState& channel, const ClaimPolicy& policy,
                               Time ledger_time);

}  // namespace berth::rails
