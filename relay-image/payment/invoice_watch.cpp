#include "relay-image/payment/invoice_watch.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kMinute = 60'000ms;
constexpr std::int64_t kIntervalsMax = 30;
constexpr std::size_t kLooksAtOnce = 64;
constexpr std::size_t kExpiredMax = 1000;
/// How long after its time an invoice that the node has lost is still looked for.
constexpr std::int64_t kMissedSeconds = 3600;

Error NotOpen() { return Fail(ErrorCode::kPrecondition, "INVOICE_CLOSED", "it is not open"); }

}  // namespace

std::chrono::milliseconds LookAfter(std::chrono::milliseconds age,
                                    std::chrono::milliseconds interval)
{
    return interval * std::clamp<std::int64_t>(age / kMinute, 1, kIntervalsMax);
}

InvoiceWatch::InvoiceWatch(InvoiceMaker::Parts parts, const InvoiceMaker& maker)
    : parts_{parts}, maker_{maker}, rounds_{[this](auto& stopping) {
          CheckNode();
          LookAtDue(stopping);
          return parts_.settings.look_interval;
      }}
{
}

bool InvoiceWatch::HasExpired(const std::string& payment_hash) const
{
    const std::scoped_lock lock{mutex_};
    return std::ranges::find(expired_, payment_hash) != expired_.end();
}

void InvoiceWatch::NoteExpired(const std::string& payment_hash)
{
    const std::scoped_lock lock{mutex_};
    expired_.push_back(payment_hash);
    if (expired_.size() > kExpiredMax) expired_.pop_front();
}

void InvoiceWatch::CheckNode()
{
    if (!parts_.watch.ShouldCheck(Steady::now())) return;
    const auto node = parts_.node.Check(Deadline::After(parts_.settings.timeout));
    if (!node) {
        parts_.log.Warning("Lightning node does not answer",
                           {{"reason", node.error().reason}, {"error", node.error().message}});
        return parts_.watch.Failed(Steady::now());
    }
    parts_.watch.Told({.rail = "lightning", .network = node->network, .payee = node->pubkey},
                      Steady::now());
}

void InvoiceWatch::LookAtDue(const std::atomic<bool>& stopping)
{
    if (!parts_.watch.ShouldAsk(Steady::now())) return;
    for (const auto& due : TakeDue(Steady::now())) {
        if (stopping || !LookAt(due)) return;
    }
}

/// Those that have waited longest past their time, and when to look at them next.
std::vector<InvoiceWatch::Due> InvoiceWatch::TakeDue(Steady::time_point now)
{
    std::map<std::string, Schedule> schedules;
    std::vector<std::pair<Steady::time_point, Due>> due;
    for (auto& [hash, pubkey] : parts_.paywall.OpenInvoices()) {
        const auto known = schedules_.find(hash);
        const auto& schedule = schedules[hash] =
            known == schedules_.end() ? Schedule{now, now} : known->second;
        if (schedule.next_look <= now) due.push_back({schedule.next_look, {hash, pubkey}});
    }
    schedules_ = std::move(schedules);
    std::ranges::sort(due, {}, &std::pair<Steady::time_point, Due>::first);
    if (due.size() > kLooksAtOnce) due.resize(kLooksAtOnce);
    std::vector<Due> taken;
    for (auto& [at, invoice] : due) {
        auto& schedule = schedules_[invoice.payment_hash];
        const auto age =
            std::chrono::duration_cast<std::chrono::milliseconds>(now - schedule.first_seen);
        schedule.next_look = now + LookAfter(age, parts_.settings.look_interval);
        taken.push_back(std::move(invoice));
    }
    return taken;
}

/// False if the node does not answer.
bool InvoiceWatch::LookAt(const Due& due)
{
    if (maker_.IsMaking(due.payment_hash)) return true;
    const auto found = parts_.node.Look(due.payment_hash, Deadline::After(parts_.settings.timeout));
    if (!found && found.error().code != ErrorCode::kNotFound) {
        parts_.log.Warning("invoice not looked up", {{"reason", found.error().reason},
                                                     {"error", found.error().message},
                                                     {"payment_hash", due.payment_hash}});
        parts_.watch.Failed(Steady::now());
        return false;
    }
    parts_.watch.Answered(Steady::now());
    if (!found) {
        Miss(due);
        return true;
    }
    switch (found->state) {
        case NodeInvoiceState::kSettled: Credit(due, found->paid); break;
        case NodeInvoiceState::kCanceled: Close(due); break;
        case NodeInvoiceState::kOpen:
        case NodeInvoiceState::kAccepted: Remember(due, found->request); break;
    }
    return true;
}

void InvoiceWatch::Credit(const Due& due, money::Amount paid)
{
    const auto credited =
        parts_.paywall.ChangeNow(due.pubkey, [&](PaymentAccount& account) -> Result<void> {
            if (!account.CreditInvoice(due.payment_hash, paid)) return NotOpen();
            return {};
        });
    if (credited) {
        parts_.log.Info("invoice credited", {{"author", due.pubkey},
                                             {"payment_hash", due.payment_hash},
                                             {"msats", paid.ToString()}});
    }
}

/// After a crash it may be that only the node knows the request.
void InvoiceWatch::Remember(const Due& due, const std::string& request)
{
    const auto account = parts_.paywall.Find(due.pubkey);
    const auto known = account.invoices.find(due.payment_hash);
    if (known == account.invoices.end() || !known->second.request.empty()) return;
    (void)parts_.paywall.ChangeNow(due.pubkey, [&](PaymentAccount& changed) -> Result<void> {
        const auto invoice = changed.invoices.find(due.payment_hash);
        if (invoice == changed.invoices.end()) return NotOpen();
        invoice->second.request = request;
        return {};
    });
}

void InvoiceWatch::Close(const Due& due)
{
    const auto closed =
        parts_.paywall.ChangeNow(due.pubkey, [&](PaymentAccount& account) -> Result<void> {
            if (account.invoices.erase(due.payment_hash) == 0) return NotOpen();
            return {};
        });
    if (closed) NoteExpired(due.payment_hash);
}

/// The node does not have it: it was never made, or the node has cleaned up, or is another one.
void InvoiceWatch::Miss(const Due& due)
{
    const auto account = parts_.paywall.Find(due.pubkey);
    const auto known = account.invoices.find(due.payment_hash);
    if (known == account.invoices.end()) return;
    const auto now = ToUnixSeconds(parts_.clock.Now());
    const bool was_told = !known->second.request.empty();
    if (was_told && now < known->second.expires_at + kMissedSeconds) return;
    if (was_told) {
        parts_.log.Warning("the Lightning node has lost an invoice",
                           {{"author", due.pubkey}, {"payment_hash", due.payment_hash}});
    }
    Close(due);
}

}  // namespace berth::relay
