#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"
#include "relay-image/payment/fees.hpp"
#include "relay-image/payment/payment_tag.hpp"

namespace berth::relay {

/// How far a channel's claims were credited, and the best of them, which the owner can redeem.
struct PaidChannel {
    money::Amount accepted;
    std::uint64_t nonce = 0;
    money::Amount claimed{};  ///< By the best claim; zero where none was kept.
    std::string signature{};  ///< Of the best claim, hex.
    std::string currency{};

    bool operator==(const PaidChannel&) const = default;
};

/// A claim that counts once its verifier answers again.
struct UnsettledClaim {
    PaymentTag tag;
    std::string event_id;

    bool operator==(const UnsettledClaim&) const = default;
};

/// A Lightning invoice that a key asked for and that may still be paid.
struct OpenInvoice {
    money::Amount amount;
    std::int64_t made_at = 0;     ///< Unix seconds.
    std::int64_t expires_at = 0;  ///< Unix seconds.
    std::string request{};        ///< BOLT 11; empty until the node is known to have made it.

    bool operator==(const OpenInvoice&) const = default;
};

/// A Lightning invoice that was credited.
struct SettledInvoice {
    std::string payment_hash;
    money::Amount paid;

    bool operator==(const SettledInvoice&) const = default;
};

/// What a key has paid and used, in the smallest unit of the relay's asset. One record of the
/// store, so that a claim's credit and the fee that it pays are durable together.
struct PaymentAccount {
    static constexpr std::size_t kChannelsMax = 16;
    static constexpr std::size_t kUnsettledMax = 16;
    static constexpr std::size_t kRememberedMax = 64;  ///< Charged events that were stored.
    static constexpr std::size_t kReceiptsMax = 4;     ///< Settled invoices.

    money::Amount balance{};   ///< Negative where an event was taken before its claim was verified.
    money::Amount received{};  ///< All that was ever credited: the relay's revenue from this key.
    bool admitted = false;
    std::int64_t subscribed_until = 0;  ///< Unix seconds.
    std::map<std::string, PaidChannel> channels;
    std::deque<std::string> charged;  ///< Ids of the events that were charged last, oldest first.
    std::deque<UnsettledClaim> unsettled;
    std::map<std::string, OpenInvoice> invoices;  ///< By payment hash, hex.
    std::vector<SettledInvoice> receipts;         ///< Of the invoices paid last, oldest first.

    bool operator==(const PaymentAccount&) const = default;

    /// Whether nothing would be lost with it.
    bool IsBlank() const;
    bool WasCharged(const std::string& event_id) const;
    /// What an event of `kind` costs this key at `now` (Unix seconds).
    money::Amount Due(const Fees& fees, int kind, std::int64_t now) const;
    /// Takes what is due, whatever the balance, and remembers the event: it may come again before
    /// it is stored.
    void Charge(const Fees& fees, int kind, std::int64_t now, const std::string& event_id);
    /// Forgets the oldest charged events that nothing can happen to any more.
    void ForgetCharged(const std::function<bool(const std::string& event_id)>& is_on_its_way);
    /// Gives back the price of a charged event that was not stored after all; what it paid for
    /// admission and subscription stays paid.
    void Refund(const std::string& event_id, money::Amount price);

    /// By how much a claim grows over what was accepted; zero if it does not.
    money::Amount GrowthOf(const PaymentTag& tag) const;
    /// The balance, were all unsettled claims good.
    money::Amount Hoped() const;
    /// Why a claim cannot be taken from this key, whoever verifies it. Errors: kConflict
    /// `NOT_INCREASING` (its nonce); kInvalid `DUST`; kExhausted `TOO_MANY_CHANNELS`.
    Result<void> CheckClaim(const PaymentTag& tag, money::Amount min_growth) const;
    /// Credits a verified claim over the higher of what was accepted here and `floor`, which is
    /// what the verifier knows to have been accepted or paid out before. Keeps it if it credits
    /// anything.
    money::Amount Credit(const PaymentTag& tag, money::Amount floor);
    /// Credits what was paid on an open invoice and takes it off the open ones: that both stand in
    /// one record is what makes it once. False if it is not open (any more).
    bool CreditInvoice(const std::string& payment_hash, money::Amount paid);
    /// What is due now for admission and subscription beyond the balance; zero if nothing.
    money::Amount Owed(const Fees& fees, std::int64_t now) const;
};

/// The record of an account, and back; of records that older versions wrote, too. Errors: kInvalid
/// `BAD_PAYMENT_RECORD`.
std::string WriteAccount(const PaymentAccount& account);
Result<PaymentAccount> ReadAccount(std::string_view json);

}  // namespace berth::relay
