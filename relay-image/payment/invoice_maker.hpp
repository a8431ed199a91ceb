#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "relay-image/payment/lightning_node.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {

/// How the relay makes invoices. Amounts in millisatoshis.
struct InvoiceSettings {
    std::chrono::seconds expiry{600};
    money::Amount min_topup = 1'000;
    money::Amount max_topup = 100'000'000;
    std::size_t open_per_key = 3;  ///< Twice as many for who proves that the key is his.
    std::size_t open_max = 500;    ///< Of all keys.
    std::size_t queue_max = 64;    ///< Wishes that wait.
    std::int64_t per_address = 6;  ///< Wishes a minute; 0 is no limit.
    std::int64_t per_minute = 60;  ///< Of all addresses; 0 is no limit.
    bool beside_claims = false;    ///< Keys may pay by claims, too.
    std::string memo = "Nostr relay";
    std::chrono::milliseconds timeout{5'000};        ///< Of one question to the node.
    std::chrono::milliseconds look_interval{1'000};  ///< Between looks at a fresh invoice.
};

enum class InvoiceState {
    kOpen,     ///< Not known to be paid, and may be.
    kSettled,  ///< Paid and credited.
    kExpired,  ///< Cannot be paid any more.
};
/// `open`, `settled` or `expired`.
std::string_view NameOf(InvoiceState state);

/// An invoice as its payer sees it.
struct InvoiceView {
    std::string payment_hash;
    std::string pubkey;  ///< The key that it pays for, hex.
    std::string request{};
    money::Amount amount{};
    money::Amount paid{};
    std::int64_t expires_at = 0;  ///< Unix seconds.
    InvoiceState state = InvoiceState::kOpen;
};

/// A wish to pay for a key.
struct InvoiceWish {
    std::string pubkey;                     ///< Hex.
    std::optional<money::Amount> amount{};  ///< Without one: what the key owes.
    bool is_proven = false;                 ///< Who asks has proved that the key is his.
};

/// Makes invoices, one after the other, on a thread of its own. An invoice is written into the
/// account of its key before the node is asked to make it, and told to nobody before the node is
/// known to have it: whatever dies in between, a payment finds its account. Thread-safe.
class InvoiceMaker {
public:
    using Made = std::function<void(Result<InvoiceView> made)>;

    /// What it stands on; all of it outlives it.
    struct Parts {
        const InvoiceSettings& settings;
        LightningNode& node;
        VerifierWatch& watch;  ///< Of the node.
        Paywall& paywall;
        const Clock& clock;
        Log& log;
    };

    explicit InvoiceMaker(Parts parts);
    ~InvoiceMaker() { Stop(); }
    InvoiceMaker(const InvoiceMaker&) = delete;
    InvoiceMaker& operator=(const InvoiceMaker&) = delete;
    /// Refuses what waits and whatever comes, and ends its thread. Idempotent.
    void Stop();

    /// Takes no wishes, or takes them again: an invoice that is made after another process has read
    /// the accounts is one that it does not look at.
    void Pause(bool is_paused);
    /// False if too many wait or it pauses. Else `made` is called once, on its thread: with a new
    /// invoice, or an open one over the same amount. Errors: kPrecondition `NOTHING_TO_PAY`;
    /// kInvalid `BAD_AMOUNT`; kExhausted `TOO_MANY_INVOICES`, `TOO_MANY_ACCOUNTS`; kUnavailable
    /// `LIGHTNING_DOWN`, `PAYMENTS_UNAVAILABLE`.
    bool Submit(InvoiceWish wish, Made made);
    /// Whether it is at work on this invoice, so that nobody else may judge it.
    bool IsMaking(const std::string& payment_hash) const;

private:
    class Making;
    struct Waiting {
        InvoiceWish wish;
        Made made;
    };

    void Work();
    Result<InvoiceView> Serve(const InvoiceWish& wish);
    Result<money::Amount> AmountFor(const InvoiceWish& wish, const PaymentAccount& account) const;
    std::optional<InvoiceView> OpenAlready(const InvoiceWish& wish, const PaymentAccount& account,
                                           money::Amount amount) const;
    Result<void> CheckRoom(const InvoiceWish& wish, const PaymentAccount& account) const;
    Result<InvoiceView> MakeFor(const InvoiceWish& wish, money::Amount amount);
    Result<std::string> Produce(const InvoiceToMake& invoice, const std::string& payment_hash);

    const Parts parts_;
    mutable std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable changed_;
    std::deque<Waiting> queue_;
    std::string making_;  ///< Payment hash.
    bool paused_ = false;
    bool stopping_ = false;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
