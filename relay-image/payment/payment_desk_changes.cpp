// Changes of accounts that no event brings, and the invoices in them.

#include "relay-image/payment/payment_desk.hpp"

namespace berth::relay {
namespace {

constexpr int kAttempts = 3;  ///< At an account that others change too.

Error NotNow()
{
    return Fail(ErrorCode::kUnavailable, "PAYMENTS_UNAVAILABLE",
                "payments cannot be looked up now");
}

}  // namespace

void PaymentDesk::Change(AccountChange change)
{
    {
        const std::scoped_lock lock{mutex_};
        if (!stopping_) {
            changes_.push_back(std::move(change));
            changed_.notify_one();
            return;
        }
    }
    if (change.done) change.done(NotNow());
}

void PaymentDesk::MakeChanges()
{
    std::deque<AccountChange> changes;
    {
        const std::scoped_lock lock{mutex_};
        changes.swap(changes_);
    }
    for (const auto& change : changes) {
        const auto made = Make(change);
        if (change.done) change.done(made);
    }
}

Result<void> PaymentDesk::Make(const AccountChange& change)
{
    if (!loaded_) return NotNow();
    if (IsFull(change.pubkey)) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_ACCOUNTS", "there is no room for another key");
    }
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto known = Find(change.pubkey);
        auto account = known.value_or(PaymentAccount{});
        if (auto applied = change.apply(account); !applied) return applied;
        const auto outcome = Keep(change.pubkey, known, std::move(account));
        if (outcome == Outcome::kKept) return {};
        if (outcome == Outcome::kFailed) break;
    }
    return NotNow();
}

std::optional<std::string> PaymentDesk::FindInvoice(const std::string& payment_hash) const
{
    const std::scoped_lock lock{mutex_};
    const auto found = invoices_.find(payment_hash);
    if (found == invoices_.end()) return std::nullopt;
    return found->second;
}

void PaymentDesk::ListInvoices(std::vector<std::pair<std::string, std::string>>& into) const
{
    const std::scoped_lock lock{mutex_};
    for (const auto& [hash, pubkey] : invoices_) {
        if (accounts_.at(pubkey).invoices.contains(hash)) into.emplace_back(hash, pubkey);
    }
}

/// With the mutex held: where the invoices of an account are found from now on.
void PaymentDesk::IndexInvoices(const std::string& author, const PaymentAccount& before,
                                const PaymentAccount& after)
{
    for (const auto& [hash, invoice] : before.invoices) invoices_.erase(hash);
    for (const auto& receipt : before.receipts) invoices_.erase(receipt.payment_hash);
    for (const auto& [hash, invoice] : after.invoices) invoices_[hash] = author;
    for (const auto& receipt : after.receipts) invoices_[receipt.payment_hash] = author;
    figures_.open_invoices += after.invoices.size();
    figures_.open_invoices -= before.invoices.size();
}

}  // namespace berth::relay
