#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "relay-image/payment/payment_tag.hpp"

namespace berth::relay {

/// A claim, and who brought it.
struct ClaimToVerify {
    PaymentTag tag;
    std::string author;      ///< Public key of the event, hex.
    std::string event_id;    ///< Of the event that carried it, hex.
    money::Amount accepted;  ///< What this relay has credited on the channel before.
};

/// What users have to know to pay, as far as the verifier knows it.
struct PaymentTerms {
    std::string rail = "xrp";
    std::string network{};  ///< `xrpl:0`, ...
    std::string payee{};    ///< Where channels have to pay to; empty if the verifier does not say.
    std::string destination_tag{};      ///< That channels have to carry; empty for none.
    std::int64_t min_settle_delay = 0;  ///< Seconds.

    bool operator==(const PaymentTerms&) const = default;
};

/// Says whether a claim is money: signed by the channel's key, for this relay's owner, covered by
/// the chain. Thread-safe; blocks until the deadline at most. Idempotent: the same claim may be
/// asked about again after a lost answer. Errors of all calls that mean "nobody knows":
/// kUnavailable, kTimeout, kUnknown, kExhausted, kInternal; every other error refuses the claim.
class PaymentVerifier {
public:
    virtual ~PaymentVerifier() = default;
    /// Returns what the verifier knows to have been accepted or paid out on the channel before
    /// this claim: only what is above it may be credited.
    virtual Result<money::Amount> Verify(const ClaimToVerify& claim, Deadline deadline) = 0;
    /// Whether it answers, and what it says to those who want to pay.
    virtual Result<PaymentTerms> Check(Deadline deadline) = 0;
};

/// True for an error after which nobody knows whether the claim is good.
bool IsOutage(const Error& error);

}  // namespace berth::relay
