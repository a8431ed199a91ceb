#include "relay-image/payment/payment_desk.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using money::Amount;

constexpr std::size_t kServedAtOnce = 64;  ///< Events of one key for one write.
constexpr int kAttempts = 3;               ///< At an account that others change too.
constexpr auto kIdle = 500ms;
constexpr auto kStartRetry = 20ms;
constexpr auto kStartPatience = 2s;
constexpr auto kDoesNotGrow = "the claim does not grow";

PaymentDecision Refuse(std::string text)
{
    return {.kind = PaymentDecision::Kind::kRefused, .text = std::move(text)};
}

PaymentDecision Pass(bool charged)
{
    return {.kind = PaymentDecision::Kind::kPaid, .charged = charged};
}

bool IsRefusal(const PaymentDecision& decision)
{
    return decision.kind == PaymentDecision::Kind::kRefused;
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
        if (!loaded_) loaded_ = LoadOnce();
        auto jobs = Take();
        GiveBack();  // First: an event that was not stored may come again.
        if (!jobs.empty()) Serve(std::move(jobs));
        MakeChanges();
        const auto now = Steady::now();
        if (parts_.watch.ShouldCheck(now)) {
            const auto deadline = Deadline::After(parts_.settings.verify_timeout);
            const auto terms = parts_.verifier.Check(deadline);
            if (terms) parts_.watch.Told(*terms, Steady::now());
            if (!terms) parts_.watch.Failed(Steady::now());
        }
        if (loaded_ && now >= next_settling_) {
            next_settling_ = now + parts_.settings.settle_interval;
            TryRefundsAgain();
            SettleAll();
        }
        const std::scoped_lock lock{mutex_};
        if (stopping_) return;
    }
}

std::chrono::milliseconds PaymentDesk::Patience() const
{
    if (!loaded_ && Steady::now() < started_ + kStartPatience) return kStartRetry;
    return std::min<std::chrono::milliseconds>(kIdle, parts_.settings.settle_interval);
}

/// The first event that waits and all others of its author, in their order.
std::vector<PaymentJob> PaymentDesk::Take()
{
    std::vector<PaymentJob> jobs;
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, Patience(), [this] {
        return stopping_ || !queue_.empty() || !refunds_.empty() || !changes_.empty();
    });
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
        const bool starting = Steady::now() < started_ + kStartPatience;  // Tables are made now.
        if (!starting && !std::exchange(complained_, true)) {
            parts_.log.Error("payment records not read", {{"reason", loaded.error().reason},
                                                          {"error", loaded.error().message}});
        }
        return false;
    }
    const std::scoped_lock lock{mutex_};
    for (auto& [pubkey, account] : *loaded) {
        for (const auto& [channel, paid] : account.channels) parts_.owners.Hold(channel, pubkey);
        if (IndexOf(pubkey, count_) != index_) continue;
        figures_.received += account.received;
        figures_.unsettled += account.unsettled.size();
        IndexInvoices(pubkey, {}, account);
        accounts_.emplace(pubkey, std::move(account));
    }
    return true;
}

/// Decides again where another process has changed the account meanwhile.
void PaymentDesk::Serve(std::vector<PaymentJob> jobs)
{
    const auto author = jobs.front().author;
    std::vector<PaymentDecision> decisions;
    auto outcome = Outcome::kStale;
    for (int attempt = 0; outcome == Outcome::kStale && attempt < kAttempts; ++attempt) {
        const auto known = Find(author);
        auto account = known.value_or(PaymentAccount{});
        decisions.clear();
        for (const auto& job : jobs) {
            decisions.push_back(loaded_ ? Decide(account, job)
                                        : Refuse("error: payments cannot be looked up now"));
        }
        const bool changed = account != known.value_or(PaymentAccount{});
        const bool refused = std::ranges::any_of(decisions, IsRefusal);
        outcome = changed              ? Keep(author, known, std::move(account))
                  : refused && loaded_ ? Refresh(author, known)
                                       : Outcome::kKept;
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        auto& decision = decisions[i];
        if (outcome != Outcome::kKept && decision.kind == PaymentDecision::Kind::kPaid) {
            decision = Refuse("error: the payment could not be recorded; send it again");
        }
        Count(decision);
        jobs[i].decided(decision);
    }
}

void PaymentDesk::Count(const PaymentDecision& decision)
{
    const std::scoped_lock lock{mutex_};
    if (decision.kind == PaymentDecision::Kind::kPaid) ++figures_.paid;
    if (decision.kind == PaymentDecision::Kind::kRefused) ++figures_.refused;
}

/// Writes an account down and, once it is durable, lets it count.
PaymentDesk::Outcome PaymentDesk::Keep(const std::string& author, const Known& known,
                                       PaymentAccount account)
{
    account.ForgetCharged(parts_.is_on_its_way);
    const auto replaced = journal_->Replace(author, known, account);
    if (!replaced) {
        parts_.log.Error("payment not recorded", {{"reason", replaced.error().reason},
                                                  {"error", replaced.error().message}});
        return Outcome::kFailed;
    }
    if (!*replaced) {
        const auto refreshed = Refresh(author, known);
        return refreshed == Outcome::kKept ? Outcome::kFailed : refreshed;
    }
    Adopt(author, std::move(account));
    return Outcome::kKept;
}

/// Takes over what another process made of an account; kStale if that is something else.
PaymentDesk::Outcome PaymentDesk::Refresh(const std::string& author, const Known& known)
{
    auto found = journal_->Find(author);
    if (!found) return Outcome::kFailed;
    if (*found == known) return Outcome::kKept;
    Adopt(author, found->value_or(PaymentAccount{}));
    return Outcome::kStale;
}

void PaymentDesk::Adopt(const std::string& author, PaymentAccount account)
{
    for (const auto& [channel, paid] : account.channels) parts_.owners.Hold(channel, author);
    const std::scoped_lock lock{mutex_};
    auto& known = accounts_[author];
    figures_.received += account.received - known.received;
    figures_.unsettled += account.unsettled.size();
    figures_.unsettled -= known.unsettled.size();
    IndexInvoices(author, known, account);
    known = std::move(account);
    if (known.IsBlank()) accounts_.erase(author);  // As its record.
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
    const auto holds = HoldChannel(tag.channel_id, job.author);
    if (!holds) return Refused{.why = holds.error().message, .outage = true};
    if (!*holds) return AnothersChannel();
    if (account.Credit(tag, *floor) == Amount{}) return Refused{.why = kDoesNotGrow};
    return std::nullopt;
}

/// Whether the channel is the author's, in all processes.
Result<bool> PaymentDesk::HoldChannel(const std::string& channel_id, const std::string& author)
{
    if (parts_.owners.IsHeld(channel_id, author)) return true;
    const auto held = journal_->HoldChannel(channel_id, author);
    if (!held || !*held) return held;
    return parts_.owners.Hold(channel_id, author);
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

void PaymentDesk::RefuseAll()
{
    std::deque<PaymentJob> left;
    {
        const std::scoped_lock lock{mutex_};
        left.swap(queue_);
    }
    for (const auto& job : left) job.decided(Refuse("error: the relay is stopping"));
    MakeChanges();
}

}  // namespace berth::relay
