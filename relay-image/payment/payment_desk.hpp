#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/log.hpp"
#include "relay-image/payment/channel_owners.hpp"
#include "relay-image/payment/payment_journal.hpp"
#include "relay-image/payment/verifier_watch.hpp"

namespace berth::relay {

/// How the relay takes money.
struct PaywallSettings {
    Fees fees{};
    money::Amount min_growth = 1;        ///< Less is dust.
    bool accept_when_down = false;       ///< Takes paid events, and settles their claims later.
    std::size_t unsettled_max = 1000;    ///< Claims that wait for the verifier, of all keys.
    std::size_t accounts_max = 1000000;  ///< Keys that have paid.
    int threads = 4;
    std::size_t queue_max = 4096;               ///< Events that wait, of all threads together.
    std::chrono::milliseconds timeout{10'000};  ///< Longest wait of an event for its verdict.
    std::chrono::milliseconds verify_timeout{4'000};   ///< Of one question to the verifier.
    std::chrono::milliseconds settle_interval{5'000};  ///< Between looks at unsettled claims.
    std::string payments_url{};                        ///< Told to who has to pay.
};

/// Whether an event may be stored.
struct PaymentDecision {
    enum class Kind { kFree, kPaid, kRefused };
    Kind kind = Kind::kFree;
    std::string text = {};  ///< What to refuse it with, with its NIP-01 prefix.
    bool charged = false;   ///< This decision has taken money.
};

/// An event that waits for its decision.
struct PaymentJob {
    std::string event_id;
    std::string author;
    int kind = 0;
    std::optional<PaymentTag> tag{};
    bool free = false;  ///< Passes whatever becomes of its claim.
    Deadline deadline = Deadline::max();
    std::function<void(const PaymentDecision&)> decided{};
};

/// A change of one account that no event brings.
struct AccountChange {
    std::string pubkey;
    /// Changes the account, or returns why not. On the desk's thread, and again if another process
    /// has changed the account meanwhile.
    std::function<Result<void>(PaymentAccount& account)> apply;
    /// Called once: the change is durable, or what `apply` said, or kUnavailable
    /// `PAYMENTS_UNAVAILABLE`; kExhausted `TOO_MANY_ACCOUNTS`.
    std::function<void(const Result<void>& made)> done{};
};

/// Sums over the accounts of a desk.
struct DeskFigures {
    money::Amount received{};
    std::uint64_t paid = 0;     ///< Events, since the start.
    std::uint64_t refused = 0;  ///< Events, since the start.
    std::size_t accounts = 0;
    std::size_t unsettled = 0;
    std::size_t open_invoices = 0;
};

/// Keeps the accounts of some keys on a thread of its own: takes claims, charges fees, and writes
/// each account down before its events go on. Events of one key are served in their order, many by
/// one write; other processes may serve the same key. Thread-safe.
class PaymentDesk {
public:
    /// What desks share; all of it outlives them.
    struct Parts {
        const PaywallSettings& settings;
        PaymentVerifier& verifier;
        VerifierWatch& watch;
        ChannelOwners& owners;
        const Clock& clock;
        Log& log;
        /// Whether a charged event has not come to storage yet.
        std::function<bool(const std::string& event_id)> is_on_its_way;
    };

    /// Desk `index` of `count`: its keys are those with BelongsTo.
    PaymentDesk(std::unique_ptr<PaymentJournal> journal, Parts parts, unsigned index,
                unsigned count);
    ~PaymentDesk() { Stop(); }
    PaymentDesk(const PaymentDesk&) = delete;
    PaymentDesk& operator=(const PaymentDesk&) = delete;

    /// Refuses what waits and whatever comes, and ends its thread. Idempotent.
    void Stop();

    static unsigned IndexOf(const std::string& pubkey, unsigned count);

    /// False if the queue is full; else `decided` is called once, on the desk's thread.
    bool Submit(PaymentJob job);
    /// An event that was charged was not stored: gives its price back, soon.
    void Refund(const std::string& author, const std::string& event_id, int kind);
    /// Makes a change after the events that it is about to serve.
    void Change(AccountChange change);

    std::optional<PaymentAccount> Find(const std::string& pubkey) const;
    DeskFigures figures() const;
    /// The key behind an open or lately settled invoice.
    std::optional<std::string> FindInvoice(const std::string& payment_hash) const;
    /// Appends the payment hashes of all open invoices, and whose they are.
    void ListInvoices(std::vector<std::pair<std::string, std::string>>& into) const;
    /// Whether the accounts were read.
    bool loaded() const { return loaded_; }

    /// What stood against a claim.
    struct Refused {
        std::string why;
        bool outage = false;  ///< Nobody could say.
    };

private:
    using Steady = std::chrono::steady_clock;
    using Known = PaymentJournal::Known;
    enum class Outcome {
        kKept,
        kStale,  ///< Another process has changed the account, which is known now.
        kFailed,
    };

    void Work();
    std::chrono::milliseconds Patience() const;
    bool LoadOnce();
    std::vector<PaymentJob> Take();
    void Serve(std::vector<PaymentJob> jobs);
    PaymentDecision Decide(PaymentAccount& account, const PaymentJob& job);
    std::optional<Refused> TakeClaim(PaymentAccount& account, const PaymentJob& job);
    bool IsFull(const std::string& author) const;
    bool TakeUnsettled(PaymentAccount& account, const PaymentJob& job, std::int64_t now);
    Result<money::Amount> Ask(const PaymentAccount& account, const std::string& author,
                              const UnsettledClaim& claim);
    Result<bool> HoldChannel(const std::string& channel_id, const std::string& author);
    Outcome Keep(const std::string& author, const Known& known, PaymentAccount account);
    Outcome Refresh(const std::string& author, const Known& known);
    void Adopt(const std::string& author, PaymentAccount account);
    void Count(const PaymentDecision& decision);
    void MakeChanges();
    Result<void> Make(const AccountChange& change);
    void IndexInvoices(const std::string& author, const PaymentAccount& before,
                       const PaymentAccount& after);
    void GiveBack();
    bool GiveBack(const PaymentJob& refund);
    void TryRefundsAgain();
    void SettleAll();
    bool SettleOne(const std::string& author);
    void RefuseAll();
    std::string WhyNot(const PaymentAccount& account, money::Amount due,
                       const std::optional<Refused>& refused) const;

    const std::unique_ptr<PaymentJournal> journal_;
    const Parts parts_;
    const unsigned index_;
    const unsigned count_;
    const Steady::time_point started_ = Steady::now();
    bool complained_ = false;
    std::atomic<bool> loaded_ = false;
    Steady::time_point next_settling_{};
    std::deque<PaymentJob> late_refunds_;  ///< That could not be written down yet.
    mutable std::mutex mutex_;             ///< Guards what follows.
    std::condition_variable changed_;
    std::deque<PaymentJob> queue_;
    std::deque<PaymentJob> refunds_;
    std::deque<AccountChange> changes_;
    std::unordered_map<std::string, PaymentAccount> accounts_;
    std::unordered_map<std::string, std::string> invoices_;  ///< Keys, by payment hash.
    DeskFigures figures_;
    bool stopping_ = false;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
