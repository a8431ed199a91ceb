#pragma once

#include <chrono>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::relay {

/// An invoice that a node is to make. Whoever chooses its preimage knows its payment hash before
/// the node does, so that it can be looked up whatever became of the call that made it.
struct InvoiceToMake {
    Secret preimage;       ///< 32 bytes, random.
    money::Amount amount;  ///< Millisatoshis.
    std::string memo;      ///< The payer's wallet shows it.
    std::chrono::seconds expiry{0};

    /// SHA-256 of the preimage, lower-case hex.
    std::string PaymentHash() const;
};

/// How far an invoice has come, as its node says.
enum class NodeInvoiceState {
    kOpen,
    kAccepted,  ///< The payment has arrived and is not the node's yet.
    kSettled,
    kCanceled,  ///< Or expired; it cannot be paid any more.
};

/// An invoice as its node tells it.
struct NodeInvoice {
    NodeInvoiceState state = NodeInvoiceState::kOpen;
    std::string request;   ///< BOLT 11.
    money::Amount amount;  ///< Millisatoshis that it asks for.
    money::Amount paid;    ///< Millisatoshis that the node received; final once it is settled.
};

/// What a node says of itself.
struct NodeInformation {
    std::string pubkey;   ///< Compressed secp256k1 key, hex.
    std::string network;  ///< `mainnet`, `testnet`, `regtest`, ...
    bool is_synced = false;

    bool operator==(const NodeInformation&) const = default;
};

/// A Lightning node that takes payments for the relay's owner. Thread-safe; blocks until the
/// deadline at most. Errors of all: kUnavailable (the node cannot be reached, refuses us, or says
/// that it did nothing), kTimeout.
class LightningNode {
public:
    virtual ~LightningNode() = default;
    /// Makes an invoice and returns it as BOLT 11. Not idempotent: the same preimage is refused.
    /// Errors also: kConflict `INVOICE_EXISTS`; kUnknown (it may be made; look by its hash).
    virtual Result<std::string> MakeInvoice(const InvoiceToMake& invoice, Deadline deadline) = 0;
    /// Errors also: kNotFound `INVOICE_NOT_FOUND`.
    virtual Result<NodeInvoice> Look(const std::string& payment_hash, Deadline deadline) = 0;
    /// Whether it answers, and who it is.
    virtual Result<NodeInformation> Check(Deadline deadline) = 0;
};

}  // namespace berth::relay
