#include <algorithm>
#include <iterator>

#include "relay-image/payment/payment_desk.hpp"

// What desks make up for later: claims of a time without verifier, and events that were not stored.

namespace berth::relay {
namespace {

using money::Amount;

constexpr std::size_t kSettledAtOnce = 100;  ///< Accounts in one look at unsettled claims.

}  // namespace

/// Takes an event whose claim nobody can verify now, if that is wanted, there is room, and the
/// claim would pay for it.
bool PaymentDesk::TakeUnsettled(PaymentAccount& account, const PaymentJob& job, std::int64_t now)
{
    const auto& settings = parts_.settings;
    if (!settings.accept_when_down) return false;
    {
        const std::scoped_lock lock{mutex_};
        const auto known = accounts_.find(job.author);
        const auto before = known == accounts_.end() ? 0 : known->second.unsettled.size();
        const auto waiting = figures_.unsettled + account.unsettled.size() - before;
        if (waiting >= settings.unsettled_max / count_) return false;
    }
    if (account.unsettled.size() >= PaymentAccount::kUnsettledMax) return false;
    account.unsettled.push_back({*job.tag, job.event_id});
    const bool pays = account.Hoped() >= account.Due(settings.fees, job.kind, now);
    if (!pays) account.unsettled.pop_back();
    return pays;
}

/// Events that were charged and then not stored.
void PaymentDesk::GiveBack()
{
    std::deque<PaymentJob> refunds;
    {
        const std::scoped_lock lock{mutex_};
        refunds.swap(refunds_);
    }
    for (auto& refund : refunds) {
        if (!GiveBack(refund)) late_refunds_.push_back(std::move(refund));
    }
}

bool PaymentDesk::GiveBack(const PaymentJob& refund)
{
    const auto known = Find(refund.author);
    if (!known || !known->WasCharged(refund.event_id)) return true;
    auto account = *known;
    account.Refund(refund.event_id, parts_.settings.fees.PriceOf(refund.kind));
    return Keep(refund.author, known, std::move(account)) == Outcome::kKept;
}

void PaymentDesk::TryRefundsAgain()
{
    const std::scoped_lock lock{mutex_};
    std::ranges::move(late_refunds_, std::back_inserter(refunds_));
    late_refunds_.clear();
}

void PaymentDesk::SettleAll()
{
    std::vector<std::string> authors;
    {
        const std::scoped_lock lock{mutex_};
        if (figures_.unsettled == 0) return;
        for (const auto& [pubkey, account] : accounts_) {
            if (!account.unsettled.empty() && authors.size() < kSettledAtOnce) {
                authors.push_back(pubkey);
            }
        }
    }
    for (const auto& author : authors) {
        if (!SettleOne(author)) return;
    }
}

/// Settles the claims of a key; false if the verifier is still down.
bool PaymentDesk::SettleOne(const std::string& author)
{
    const auto known = Find(author);
    auto account = known.value_or(PaymentAccount{});
    bool answers = true;
    while (!account.unsettled.empty()) {
        const auto claim = account.unsettled.front();
        const auto floor = account.GrowthOf(claim.tag) == Amount{}
                               ? Result<Amount>{claim.tag.cumulative}
                               : Ask(account, author, claim);
        if (!floor && IsOutage(floor.error())) {
            answers = false;
            break;
        }
        const auto holds = floor ? HoldChannel(claim.tag.channel_id, author) : Result<bool>{false};
        if (!holds) return false;
        const bool good = *holds;
        if (good) account.Credit(claim.tag, *floor);
        if (!good) {
            parts_.log.Warning(
                "a claim was not good after all",
                {{"author", author}, {"reason", floor ? "CHANNEL_TAKEN" : floor.error().reason}});
        }
        account.unsettled.pop_front();
    }
    // What another process has settled meanwhile is looked at again next time.
    if (account != known.value_or(PaymentAccount{})) Keep(author, known, std::move(account));
    return answers;
}

}  // namespace berth::relay
