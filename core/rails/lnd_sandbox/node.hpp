#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::rails::lnd_sandbox {

/// How far an invoice has come, in LND's words.
enum class InvoiceState { kOpen, kSettled, kCanceled, kAccepted };
/// `OPEN`, `SETTLED`, `CANCELED` or `ACCEPTED`.
std::string_view NameOf(InvoiceState state);

/// An invoice as the node keeps it. Amounts in millisatoshis, times in Unix seconds.
struct Invoice {
    std::string preimage;  ///< 32 bytes.
    std::string memo;
    money::Amount amount;
    std::string request;  ///< BOLT 11.
    std::int64_t created = 0;
    std::int64_t expiry = 0;  ///< Seconds.
    InvoiceState state = InvoiceState::kOpen;
    money::Amount paid;
    std::int64_t settled = 0;
    std::uint64_t add_index = 0;
    std::uint64_t settle_index = 0;
};

/// All that the stand-in keeps.
struct NodeState {
    Secret key;                             ///< 32 bytes.
    std::int64_t clock_offset_seconds = 0;  ///< Time that was skipped by command.
    std::uint64_t added = 0;
    std::uint64_t settled = 0;
    std::map<std::string, Invoice> invoices;  ///< By payment hash, hex.
};

/// What an invoice is asked to be.
struct NewInvoice {
    std::optional<std::string> preimage;  ///< None: a random one.
    money::Amount amount;
    std::string memo;
    std::int64_t expiry = 0;  ///< Seconds; 0 is LND's default of a day.
};

/// A Lightning node without a network: its invoices live as LND's do, and are paid by command. Not
/// thread-safe. The messages of errors are LND's.
class Node {
public:
    Node(NodeState state, const Clock& clock);

    const NodeState& state() const { return state_; }
    std::string pubkey() const;

    /// Returns the payment hash. Errors: kConflict `INVOICE_EXISTS`; kInvalid `BAD_INVOICE`.
    Result<std::string> Add(const NewInvoice& invoice);
    /// Errors: kNotFound `INVOICE_NOT_FOUND`.
    Result<Invoice> Look(const std::string& payment_hash) const;
    /// The hash behind a payment request. Errors: kNotFound `INVOICE_NOT_FOUND`.
    Result<std::string> HashOf(const std::string& request) const;
    /// Errors: kNotFound `INVOICE_NOT_FOUND`; kPrecondition `INVOICE_SETTLED`.
    Result<void> Cancel(const std::string& payment_hash);
    /// A payment of `amount` arrives. Less than the invoice asks for, and one that is not open, are
    /// turned back: kPrecondition `INCORRECT_PAYMENT_DETAILS`. Errors also: kNotFound.
    Result<void> Pay(const std::string& payment_hash, money::Amount amount);
    /// A payment arrives and is held: the invoice is accepted until it is settled or canceled.
    Result<void> Hold(const std::string& payment_hash, money::Amount amount);
    Result<void> Settle(const std::string& payment_hash);
    /// As if it had never been made; false if it was not.
    bool Forget(const std::string& payment_hash);
    void AdvanceTime(std::int64_t seconds);
    /// Cancels what has expired; true if anything has.
    bool Expire();

private:
    std::int64_t Now() const;
    Result<Invoice*> Find(const std::string& payment_hash);

    NodeState state_;
    const Clock& clock_;
};

/// Reads what WriteNode wrote; a new node if there is no file. Errors: kInvalid `BAD_NODE_FILE`.
Result<NodeState> ReadNode(const std::string& path);
/// Errors: those of WriteFileAtomically.
Result<void> WriteNode(const std::string& path, const NodeState& state);

}  // namespace berth::rails::lnd_sandbox
