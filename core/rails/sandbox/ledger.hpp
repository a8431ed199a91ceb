#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::rails::sandbox {

/// Seconds since 2000-01-01, as the XRP Ledger counts.
using RippleSeconds = std::uint32_t;
RippleSeconds ToRippleSeconds(Time time);

/// A payment channel as the ledger holds it. Amounts in drops, key and id in upper-case hex.
struct Channel {
    std::string id;
    std::string account;
    std::string destination;
    std::string public_key;
    money::Amount amount;
    money::Amount balance;
    std::uint32_t settle_delay = 0;  ///< Seconds.
    std::optional<RippleSeconds> expiration;
    std::optional<RippleSeconds> cancel_after;
    std::optional<std::uint32_t> destination_tag;
    std::string previous_txn;
    std::uint32_t previous_index = 0;
};

/// All that the stand-in keeps.
struct LedgerState {
    std::uint32_t network_id = 0;
    std::uint32_t index = 1;  ///< Of the newest validated ledger.
    RippleSeconds close_time = 0;
    RippleSeconds parent_close_time = 0;
    std::int64_t clock_offset_seconds = 0;           ///< Time that was skipped by command.
    std::map<std::string, std::uint32_t> sequences;  ///< By account: its next transaction's.
    std::map<std::string, Channel> channels;         ///< By id.
};

/// A ledger with the payment-channel rules of the real one; every transaction closes a ledger of
/// its own. Not thread-safe. The `reason` of errors is the result or error name of the real server.
class Ledger {
public:
    Ledger(LedgerState state, const Clock& clock);

    const LedgerState& state() const { return state_; }
    std::string Hash() const;

    /// Closes the next ledger at the clock's time.
    void Close();
    /// Opens a channel (PaymentChannelCreate); fills id, balance and history. Returns the id.
    /// Errors: kInvalid `temMALFORMED`, `temDST_IS_SRC`, `temBAD_AMOUNT`, `temBAD_EXPIRATION`.
    Result<std::string> CreateChannel(Channel channel);
    /// Adds to the capacity. Errors: kNotFound `tecNO_ENTRY`; kInvalid `temBAD_AMOUNT`.
    Result<void> Fund(const std::string& id, money::Amount drops);
    /// The payer asks to close: Expiration is set a settle delay ahead, or kept if nearer.
    Result<void> RequestClose(const std::string& id);
    /// The payer withdraws that: Expiration is cleared.
    Result<void> Renew(const std::string& id);
    /// Pays out up to `balance` in total. Errors also: kInvalid `tecUNFUNDED_PAYMENT`.
    Result<void> PayOut(const std::string& id, money::Amount balance);
    /// The payee closes: the channel is gone.
    Result<void> CloseChannel(const std::string& id);
    void SetNetworkId(std::uint32_t network_id) { state_.network_id = network_id; }
    /// Lets time pass and closes a ledger.
    void AdvanceTime(std::chrono::seconds by);

private:
    /// The channel, unless it has expired: then this transaction removes it.
    Result<Channel*> Touch(const std::string& id);
    void Record(Channel& channel);

    LedgerState state_;
    const Clock& clock_;
};

}  // namespace berth::rails::sandbox
