#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/money/amount.hpp"
#include "core/nostr/event.hpp"

namespace berth::relay {

/// The claim that an event carries in its tag
/// `["payment", "ilp", channelId, amountSats, nonce, signature, currency]`. The signature is the
/// one that the rail redeems; whether it is, a PaymentVerifier says.
struct PaymentTag {
    std::string channel_id;    ///< As the rail writes it, so that a channel has one name.
    money::Amount cumulative;  ///< Since the channel was opened, in the rail's smallest unit.
    std::uint64_t nonce = 0;   ///< Rises with the amount.
    std::string signature;     ///< Hex.
    std::string currency;      ///< `XRP`, `BTC`, `BASE` or `AKT`.

    bool operator==(const PaymentTag&) const = default;
};

/// Reads the claim of an event; nothing where it carries none. Numbers are plain decimals within 64
/// bits: no sign, leading zero, exponent or text behind. Pure.
/// Errors: kInvalid `BAD_PAYMENT_TAG` (also for a second one).
Result<std::optional<PaymentTag>> ReadPaymentTag(const nostr::Event& event);

}  // namespace berth::relay
