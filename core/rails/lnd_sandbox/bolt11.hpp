#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::rails::lnd_sandbox {

/// What a Lightning invoice says (BOLT 11).
struct PaymentRequest {
    std::string network;         ///< As the prefix has it: `bc`, `tb`, `bcrt`.
    money::Amount amount;        ///< Millisatoshis, above zero.
    std::int64_t timestamp = 0;  ///< Unix seconds.
    std::string payment_hash;    ///< 32 bytes.
    std::string payment_secret;  ///< 32 bytes.
    std::string description;
    std::chrono::seconds expiry{0};
};

/// The invoice as text, signed by the node's secret key (32 bytes, one of the curve).
std::string EncodeBolt11(const PaymentRequest& request, const Secret& node_key);

/// The compressed public key of a node's secret key, hex; empty if it is none of the curve.
std::string NodePubkey(const Secret& node_key);

}  // namespace berth::rails::lnd_sandbox
