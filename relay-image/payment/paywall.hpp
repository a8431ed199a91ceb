#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "relay-image/payment/payment_desk.hpp"
#include "relay-image/protocol/admission.hpp"

namespace berth::relay {

/// What the relay earns, for dashboard and marketplace.
struct PaymentFigures {
    VerifierState verifier = VerifierState::kDisabled;
    std::string unit;           ///< Of `received`: `drops` or `msats`.
    money::Amount received{};   ///< All that was ever credited.
    std::uint64_t paid = 0;     ///< Events that passed by payment, since the start.
    std::uint64_t refused = 0;  ///< Events that did not, since the start.
    std::size_t accounts = 0;   ///< Keys that have paid.
    std::size_t unsettled = 0;  ///< Claims that wait for the verifier.
    std::size_t open_invoices = 0;
};

/// Decides whether an event is free, paid for or refused, after all other checks and before it is
/// stored. A paid event waits in a bounded queue for a bounded time, on no thread of the caller's;
/// what it pays is durable before it goes on. Thread-safe.
class Paywall {
public:
    using Decided = std::function<void(const PaymentDecision&)>;
    /// Whether a key is a member: members do not pay. Thread-safe.
    using IsMember = std::function<bool(const std::string& pubkey)>;

    /// One that asks for nothing.
    Paywall() = default;
    /// `verifier`, `clock` and `log` outlive the paywall.
    Paywall(PaywallSettings settings, PaymentVerifier& verifier,
            const PaymentJournalFactory& journals, IsMember is_member, const Clock& clock,
            Log& log);
    ~Paywall() { Stop(); }
    /// Refuses what waits and whatever comes. Nothing is decided on other threads after it.
    void Stop();

    /// Calls `decided` once: before this returns if nothing has to be looked up, else on a thread
    /// of the paywall's.
    void Admit(const nostr::Event& event, Decided decided);
    /// What became of an event after its decision: one that was charged and not stored gets its
    /// price back.
    void Settle(const nostr::Event& event, bool stored);

    bool enabled() const { return !desks_.empty(); }
    /// Whether the accounts were read: until then nothing is paid for.
    bool loaded() const;
    /// The longest that a decision takes.
    std::chrono::milliseconds longest_wait() const;
    const Fees& fees() const { return settings_.fees; }
    /// Makes a change of an account on the thread of its desk; see PaymentDesk.
    void Change(AccountChange change);
    /// The same, and waits for it. Never on a desk's thread or one that must not block.
    Result<void> ChangeNow(const std::string& pubkey, decltype(AccountChange::apply) apply);
    /// The key behind an open or lately settled invoice.
    std::optional<std::string> FindInvoice(const std::string& payment_hash) const;
    /// The payment hashes of all open invoices, and whose they are.
    std::vector<std::pair<std::string, std::string>> OpenInvoices() const;
    /// The account of a key; an empty one if it never paid.
    PaymentAccount Find(const std::string& pubkey) const;
    /// Whether a key has ever paid.
    bool HasPaid(const std::string& pubkey) const;
    PaymentFigures figures() const;
    /// What the verifier says to those who want to pay; nothing until it answered.
    std::optional<PaymentTerms> terms() const { return watch_.terms(); }
    /// Whether a key never pays.
    bool IsExempt(const std::string& pubkey) const;

private:
    bool IsFree(const nostr::Event& event) const;
    PaymentDesk& DeskOf(const std::string& pubkey) const;
    bool IsOnItsWay(const std::string& event_id);
    void Remember(const std::string& event_id);

    const PaywallSettings settings_;
    const IsMember is_member_;
    VerifierWatch watch_;
    ChannelOwners owners_;
    std::mutex mutex_;                         ///< Guards charged_.
    std::unordered_set<std::string> charged_;  ///< On their way to storage.
    std::vector<std::unique_ptr<PaymentDesk>> desks_;
};

}  // namespace berth::relay
