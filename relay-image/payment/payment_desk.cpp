#include "relay-image/payment/payment_desk.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using money::Amount;

constexpr std::size_t kServedAtOnce = 64;    ///< Events of one key for one write.
constexpr std::size_t kSettledAtOnce = 100;  ///< Accounts in one look at unsettled claims.
constexpr auto kIdle = 500ms;
constexpr auto kDoesNotGrow = "the claim does not grow";

PaymentDecision Refuse(std::string text)
{
    return {.kind = PaymentDecision::Kind::kRefused, .text = std::move(text)};
}

PaymentDecision Pass(bool charged)
{
    return {.kind = PaymentDecision::Kind::kPaid, .charged = charged};
}

std::optional<PaymentDesk::Refused> AnothersChannel()
{
    return PaymentDesk::Refused{.why = "the channel belongs to another key"};
}

}  // namespace

unsigned PaymentDesk::IndexOf(const std::string& pubkey, unsigned count)
{
    return static_cast<unsigned>(std::hash<std::string>{}(pubkey) % count);
}

PaymentDesk::PaymentDesk(std::unique_ptr<PaymentJournal> journal, Parts parts, unsigned index,
                         unsigned count)
    : journal_{std::move(journal)}, parts_{parts}, index_{index}, count_{count}, thread_{[this] {
          Work();
      }}
{
}

void PaymentDesk::Stop()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    RefuseAll();
}

bool PaymentDesk::Submit(PaymentJob job)
{
    {
        const std::scoped_lock lock{mutex_};
        if (stopping_ || queue_.size() >= parts_.settings.queue_max / count_) return false;
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void PaymentDesk::Refund(const std::string& author, const std::string& event_id, int kind)
{
    const std::scoped_lock lock{mutex_};
    refunds_.push_back(
        {.event_id = event_id, .author = author, .kind = kind, .tag = {}, .decided = {}});
    changed_.notify_one();
}

std::optional<PaymentAccount> PaymentDesk::Find(const std::string& pubkey) const
{
    const std::scoped_lock lock{mutex_};
    const auto found = accounts_.find(pubkey);
    if (found == accounts_.end()) return std::nullopt;
    return found->second;
}

DeskFigures PaymentDesk::figures() const
{
    const std::scoped_lock lock{mutex_};
    auto figures = figures_;
    figures.accounts = accounts_.size();
    return figures;
}

void PaymentDesk::Work()
{
    while (true) {
        auto jobs = Take();
        if (!loaded_) loaded_ = LoadOnce();
        if (!jobs.empty()) Serve(std::move(jobs));
        GiveBack();
        const auto now = Steady::now();
        if (parts_.watch.ShouldCheck(now)) {
            const auto deadline = Deadline::After(parts_.settings.verify_timeout);
            const auto terms = parts_.verifier.Check(deadline);
            if (terms) parts_.watch.Told(*terms, Steady::now());
            if (!terms) parts_.watch.Failed(Steady::now());
        }
        if (loaded_ && now >= next_settling_) {
            next_settling_ = now + parts_.settings.settle_interval;
            SettleAll();
        }
        const std::scoped_lock lock{mutex_};
        if (stopping_) return;
    }
}

/// The first event that waits and all others of its author, in their order.
std::vector<PaymentJob> PaymentDesk::Take()
{
    std::vector<PaymentJob> jobs;
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock,
                      std::min<std::chrono::milliseconds>(kIdle, parts_.settings.settle_interval),
                      [this] { return stopping_ || !queue_.empty() || !refunds_.empty(); });
    if (stopping_ || queue_.empty()) return jobs;
    const auto author = queue_.front().author;
    std::deque<PaymentJob> rest;
    for (auto& job : queue_) {
        const bool taken = jobs.size() < kServedAtOnce && job.author == author;
        if (taken) jobs.push_back(std::move(job));
        if (!taken) rest.push_back(std::move(job));
    }
    queue_ = std::move(rest);
    return jobs;
}

/// Every desk reads all accounts, for whose channels are whose, and keeps its own.
bool PaymentDesk::LoadOnce()
{
    auto loaded = journal_->Load();
    if (!loaded) {
        parts_.log.Error("payment records not read",
                         {{"reason", loaded.error().reason}, {"error", loaded.error().message}});
        return false;
    }
    const std::scoped_lock lock{mutex_};
    for (auto& [pubkey, account] : *loaded) {
        for (const auto& [channel, paid] : account.channels) parts_.owners.Hold(channel, pubkey);
        if (IndexOf(pubkey, count_) != index_) continue;
        figures_.received += account.received;
        figures_.unsettled += account.unsettled.size();
        accounts_.emplace(pubkey, std::move(account));
    }
    return true;
}

PaymentAccount PaymentDesk::AccountOf(const std::string& author) const
{
    return Find(author).value_or(PaymentAccount{});
}

void PaymentDesk::Serve(std::vector<PaymentJob> jobs)
{
    const auto author = jobs.front().author;
    auto account = AccountOf(author);
    const auto before = WriteAccount(account);
    std::vector<PaymentDecision> decisions;
    for (const auto& job : jobs) {
        decisions.push_back(loaded_ ? Decide(account, job)
                                    : Refuse("error: payments cannot be looked up now"));
    }
    const bool kept = WriteAccount(account) == before || Keep(author, std::move(account));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        auto& decision = decisions[i];
        if (!kept && decision.charged) {
            decision = Refuse("error: the payment could not be recorded; send it again");
        }
        {
            const std::scoped_lock lock{mutex_};
            ++(decision.kind == PaymentDecision::Kind::kRefused ? figures_.refused : figures_.paid);
        }
        jobs[i].decided(decision);
    }
}

/// Writes an account down and, once it is durable, lets it count.
bool PaymentDesk::Keep(const std::string& author, PaymentAccount account)
{
    const auto put = journal_->Put(author, account);
    if (!put) {
        parts_.log.Error("payment not recorded",
                         {{"reason", put.error().reason}, {"error", put.error().message}});
        return false;
    }
    const std::scoped_lock lock{mutex_};
    auto& known = accounts_[author];
    figures_.received += account.received - known.received;
    figures_.unsettled += account.unsettled.size();
    figures_.unsettled -= known.unsettled.size();
    known = std::move(account);
    return true;
}

PaymentDecision PaymentDesk::Decide(PaymentAccount& account, const PaymentJob& job)
{
    if (job.deadline.Passed()) {
        return Refuse("error: the payment could not be verified in time; send it again");
    }
    const auto now = ToUnixSeconds(parts_.clock.Now());
    if (account.WasCharged(job.event_id)) return Pass(false);
    const auto has = journal_->HasEvent(job.event_id, now);
    if (!has) return Refuse("error: payments cannot be looked up now");
    if (*has) return Pass(false);
    const auto refused = TakeClaim(account, job);
    if (job.free) return {};
    const auto due = account.Due(parts_.settings.fees, job.kind, now);
    if (account.balance < due) {
        const bool later = refused && refused->outage && TakeUnsettled(account, job, now);
        if (!later) return Refuse(WhyNot(account, due, refused));
    }
    account.Charge(parts_.settings.fees, job.kind, now, job.event_id);
    return Pass(true);
}

std::string PaymentDesk::WhyNot(const PaymentAccount& account, Amount due,
                                const std::optional<Refused>& refused) const
{
    const auto& settings = parts_.settings;
    if (refused && refused->outage) {
        return "error: the payment cannot be verified now; send it again later";
    }
    std::string text = "restricted: payment required: " + due.ToString() + " " +
                       std::string{settings.fees.unit()} + " are due and the balance is " +
                       account.balance.ToString();
    if (refused) text += "; " + refused->why;
    if (!settings.payments_url.empty()) text += "; see " + settings.payments_url;
    return text;
}

/// Credits the claim of an event; what stood against it, if anything.
std::optional<PaymentDesk::Refused> PaymentDesk::TakeClaim(PaymentAccount& account,
                                                           const PaymentJob& job)
{
    if (!job.tag) return std::nullopt;
    const auto& tag = *job.tag;
    if (!parts_.owners.MayUse(tag.channel_id, job.author)) return AnothersChannel();
    if (account.GrowthOf(tag) == Amount{}) return Refused{.why = kDoesNotGrow};
    if (const auto checked = account.CheckClaim(tag, parts_.settings.min_growth); !checked) {
        return Refused{.why = checked.error().message};
    }
    if (IsFull(job.author)) return Refused{.why = "there is no room for another key"};
    const auto floor = Ask(account, job.author, {tag, job.event_id});
    if (!floor) return Refused{.why = floor.error().message, .outage = IsOutage(floor.error())};
    if (!parts_.owners.Hold(tag.channel_id, job.author)) return AnothersChannel();
    if (account.Credit(tag, *floor) == Amount{}) return Refused{.why = kDoesNotGrow};
    return std::nullopt;
}

/// Whether a key that has never paid finds no room.
bool PaymentDesk::IsFull(const std::string& author) const
{
    const std::scoped_lock lock{mutex_};
    return accounts_.size() >= parts_.settings.accounts_max / count_ && !accounts_.contains(author);
}

Result<Amount> PaymentDesk::Ask(const PaymentAccount& account, const std::string& author,
                                const UnsettledClaim& claim)
{
    if (!parts_.watch.ShouldAsk(Steady::now())) {
        return Fail(ErrorCode::kUnavailable, "VERIFIER_DOWN", "the payment verifier is down");
    }
    const auto found = account.channels.find(claim.tag.channel_id);
    const auto floor = parts_.verifier.Verify(
        {.tag = claim.tag,
         .author = author,
         .event_id = claim.event_id,
         .accepted = found == account.channels.end() ? Amount{} : found->second.accepted},
        Deadline::After(parts_.settings.verify_timeout));
    const bool outage = !floor && IsOutage(floor.error());
    if (outage) {
        parts_.watch.Failed(Steady::now());
        parts_.log.Warning("payment verifier does not answer",
                           {{"reason", floor.error().reason}, {"error", floor.error().message}});
    } else {
        parts_.watch.Answered(Steady::now());
    }
    return floor;
}

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
    for (const auto& refund : refunds) {
        auto account = AccountOf(refund.author);
        account.Refund(refund.event_id, parts_.settings.fees.PriceOf(refund.kind));
        Keep(refund.author, std::move(account));
    }
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
    auto account = AccountOf(author);
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
        const bool good = floor && parts_.owners.Hold(claim.tag.channel_id, author);
        if (good) account.Credit(claim.tag, *floor);
        if (!good) {
            parts_.log.Warning(
                "a claim was not good after all",
                {{"author", author}, {"reason", floor ? "CHANNEL_TAKEN" : floor.error().reason}});
        }
        account.unsettled.pop_front();
    }
    Keep(author, std::move(account));
    return answers;
}

void PaymentDesk::RefuseAll()
{
    std::deque<PaymentJob> left;
    {
        const std::scoped_lock lock{mutex_};
        left.swap(queue_);
    }
    for (const auto& job : left) job.decided(Refuse("error: the relay is stopping"));
}

}  // namespace berth::relay
