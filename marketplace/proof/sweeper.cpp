#include "marketplace/proof/sweeper.hpp"

#include "marketplace/orders/order_changes.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/quotes.hpp"
#include "marketplace/orders/steps.hpp"

namespace berth::proof {
namespace {

constexpr int kAtATime = 100;
constexpr int kQuotesAtATime = 1000;

/// Runs a query in a transaction of its own.
template <typename T>
Result<T> Ask(db::Database& database, const std::function<T(pqxx::work& tx)>& query)
{
    return database.Transact<T>([&](pqxx::work& tx) -> Result<T> { return query(tx); });
}

}  // namespace

Sweeper::Sweeper(const Parts& parts)
    : parts_{parts},
      rounds_{[this](auto&) {
                  const auto swept = Sweep();
                  if (!swept) {
                      parts_.log.Warning("A sweep failed.", {{"reason", swept.error().reason}});
                  }
                  return parts_.queue.poll;
              },
              parts.queue.poll}
{
}

Result<void> Sweeper::Sweep()
{
    Result<void> swept;
    for (const auto part : {&Sweeper::CancelUnpaid, &Sweeper::CloseServed, &Sweeper::EndOverdue,
                            &Sweeper::MeterWithoutWorker, &Sweeper::ForgetEndedQuotes}) {
        if (auto done = (this->*part)(); !done) swept = done;
    }
    return swept;
}

/// What is wrong with one order is not in the way of the others.
void Sweeper::OnOrder(const std::string& customer_id, const std::string& order_id,
                      const Ended& work)
{
    const auto done = parts_.database.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        auto order = orders::LockWithHold(tx, customer_id, order_id);
        if (!order) return false;
        const auto worked = work(tx, *order, parts_.clock.Now());
        if (!worked) return worked.error();
        return true;
    });
    if (done) return;
    parts_.log.Error(
        "An order could not be swept.",
        {{"order", order_id}, {"reason", done.error().reason}, {"error", done.error().message}});
}

Result<void> Sweeper::CancelUnpaid()
{
    const auto limit = parts_.clock.Now() - parts_.orders.confirmation_term;
    const auto keys = Ask<std::vector<orders::OrderKey>>(
        parts_.database, [&](auto& tx) { return orders::UnpaidSince(tx, limit, kAtATime); });
    if (!keys) return keys.error();
    for (const auto& key : *keys) {
        OnOrder(key.customer_id, key.order_id, [](auto& tx, auto& order, Time now) {
            if (order.state != v1::ORDER_STATE_AWAITING_PAYMENT) return Result<void>{};
            return orders::End(tx, order,
                               {.reason = "UNPAID",
                                .message = "The quote ended before a payment came.",
                                .details = {}},
                               now);
        });
    }
    return {};
}

Result<void> Sweeper::CloseServed()
{
    const auto limit = parts_.clock.Now();
    const auto keys = Ask<std::vector<orders::OrderKey>>(
        parts_.database, [&](auto& tx) { return orders::PaidUntil(tx, limit, kAtATime); });
    if (!keys) return keys.error();
    for (const auto& key : *keys) {
        OnOrder(key.customer_id, key.order_id, [](auto& tx, auto& order, Time now) {
            if (order.state != v1::ORDER_STATE_ACTIVE) return Result<void>{};
            return orders::End(tx, order,
                               {.reason = "PAID_TIME_OVER",
                                .message = "The time that was paid for is over.",
                                .details = {}},
                               now);
        });
    }
    return {};
}

/// Steps of workers that nobody reports on; the marketplace's own look at their budget themselves.
Result<void> Sweeper::EndOverdue()
{
    const auto jobs = Ask<std::vector<queue::Job>>(
        parts_.database, [](auto& tx) { return queue::OverdueJobs(tx, "provision", kAtATime); });
    if (!jobs) return jobs.error();
    for (const auto& job : *jobs) EndOverdueJob(job);
    return {};
}

void Sweeper::EndOverdueJob(const queue::Job& job)
{
    OnOrder(job.customer_id, job.order_id, [&](auto& tx, auto& order, Time now) {
        const auto held = queue::LockHeld(tx, job);
        const bool overdue = held && held->step_overdue && !held->leased &&
                             order.state == v1::ORDER_STATE_PROVISIONING &&
                             queue::FindJob(tx, order.operator_id, job.job_id);
        if (!overdue) return Result<void>{};
        return orders::GiveUp(tx, order, *held, orders::StepOverdue(*held, "a worker"), now);
    });
}

/// A worker that does not meter does not stop the books: the marketplace reads the chain itself.
Result<void> Sweeper::MeterWithoutWorker()
{
    const auto jobs = Ask<std::vector<queue::Job>>(
        parts_.database, [](auto& tx) { return queue::OverdueJobs(tx, "meter_lease", kAtATime); });
    if (!jobs) return jobs.error();
    for (const auto& job : *jobs) {
        const auto* row = orders::FindStep(job.kind, job.step, orders::StepExecutor::kWorker);
        if (!row) continue;
        OnOrder(job.customer_id, job.order_id, [&](auto& tx, auto& order, Time) {
            auto held = queue::LockHeld(tx, job);
            if (held && held->step_overdue && !held->leased) {
                orders::GoOn(tx, {.orders = parts_.orders, .queue = parts_.queue}, order, *held,
                             *row);
            }
            return Result<void>{};
        });
    }
    return {};
}

/// For as long as an order may wait for its payment, an ended quote is told from an unknown one.
Result<void> Sweeper::ForgetEndedQuotes()
{
    const auto limit = parts_.clock.Now() - parts_.orders.confirmation_term;
    const auto forgotten = Ask<int>(
        parts_.database, [&](auto& tx) { return orders::ForgetQuotes(tx, limit, kQuotesAtATime); });
    if (!forgotten) return forgotten.error();
    return {};
}

}  // namespace berth::proof
