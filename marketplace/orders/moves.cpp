#include "core/base/assert.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/state_table.hpp"
#include "marketplace/orders/steps.hpp"
#include "marketplace/payments/holds.hpp"
#include "marketplace/queue/job_store.hpp"
#include "marketplace/queue/jobs.hpp"
#include "marketplace/queue/outbox_store.hpp"

namespace berth::orders {
namespace {

constexpr std::chrono::seconds kServiceMonth{2'592'000};
constexpr auto kRenewal = "renew_certificate";

std::string SubjectOf(const OrderRow& order) { return "orders/" + order.order_id; }

ledger::Owner OwnerOf(const OrderRow& order)
{
    return {.customer_id = order.customer_id,
            .order_id = order.order_id,
            .operator_id = order.operator_id};
}

queue::NewJob NewJobOf(const OrderRow& order, const std::string& kind)
{
    const auto& first = FirstStep(kind);
    const bool ours = first.executor == StepExecutor::kMarketplace;
    return {.operator_id = ours ? queue::kMarketplace : order.operator_id,
            .subject = SubjectOf(order),
            .customer_id = order.customer_id,
            .order_id = order.order_id,
            .kind = kind,
            .step = std::string{first.step},
            .step_budget = first.budget};
}

/// The job of that kind, wherever it stands, under lock.
std::optional<queue::Job> LockOpenJob(pqxx::work& tx, const OrderRow& order,
                                      const std::string& kind)
{
    for (const auto& executor : {order.operator_id, std::string{queue::kMarketplace}}) {
        const auto found = queue::FindOpenJob(tx, executor, SubjectOf(order), kind);
        if (!found) continue;
        if (auto job = queue::LockJob(tx, found->queue_id, found->job_id)) return job;
    }
    return std::nullopt;
}

/// What was begun is undone by the same job under another kind, so that the messages it has on
/// chain stay its own: none of theirs may land after the close. Whoever works on it now has lost
/// it, and has until the end of his lease to notice: neither a lease nor a certificate may appear
/// after it was taken away.
void StartClosing(pqxx::work& tx, OrderRow& order)
{
    order.step = std::string{FirstStep("close").step};
    auto job = LockOpenJob(tx, order, "provision");
    if (!job) job = LockOpenJob(tx, order, kRenewal);
    if (!job) return queue::Enqueue(tx, NewJobOf(order, "close"), "");
    queue::AbandonPending(tx, order.operator_id, job->job_id);
    queue::Become(tx, *job, "close",
                  {.step = order.step,
                   .operator_id = order.operator_id,
                   .not_before = job->leased ? std::optional{job->leased_until} : std::nullopt});
    for (const auto& message : queue::MessagesOf(tx, order.operator_id, job->job_id)) {
        if (message.state() == "signed") return queue::AwaitOutbox(tx, *job);
    }
}

/// Ends before anything was rented: the hold goes back, and nobody works on it any more.
void GiveBack(pqxx::work& tx, OrderRow& order, Time now)
{
    if (auto job = LockOpenJob(tx, order, "provision")) {
        queue::AbandonPending(tx, order.operator_id, job->job_id);
        queue::Finish(tx, *job, "given_back", order.failure.reason());
    }
    const auto released = payments::ReleaseHold(tx, OwnerOf(order), now);
    if (!released) return;
    order.failure.set_refunded(released->amount.ToString());
    order.failure.set_asset(released->asset);
}

Result<void> Follow(pqxx::work& tx, OrderRow& order, Consequence consequence, Time now)
{
    switch (consequence) {
        case Consequence::kNone: return {};
        case Consequence::kStartProvisioning:
            order.step = std::string{FirstStep("provision").step};
            queue::Enqueue(tx, NewJobOf(order, "provision"), order.order_id);
            return {};
        case Consequence::kStartClosing: StartClosing(tx, order); return {};
        case Consequence::kReleaseHold: GiveBack(tx, order, now); return {};
        case Consequence::kEarnHold:
            order.active_at = now;
            order.paid_through = now + kServiceMonth;
            queue::Enqueue(tx, NewJobOf(order, "meter_lease"), order.order_id);
            if (!order.custom_hostname.empty()) {
                queue::Enqueue(tx, NewJobOf(order, kRenewal), order.order_id);
            }
            return payments::EarnHold(tx, OwnerOf(order),
                                      {.setup_usd_micros = order.setup_usd_micros,
                                       .monthly_usd_micros = order.monthly_usd_micros,
                                       .marketplace_fee_bps = order.plan.marketplace_fee_bps()},
                                      now);
    }
    return {};
}

}  // namespace

Result<void> Move(pqxx::work& tx, OrderRow& order, State to, const Happened& happened, Time now)
{
    const auto* move = FindMove(order.state, to);
    if (!move) {
        return Fail(
            ErrorCode::kPrecondition, "WRONG_STATE",
            "An order that is " + StateName(order.state) + " cannot become " + StateName(to) + ".");
    }
    if (auto followed = Follow(tx, order, move->consequence, now); !followed) return followed;
    order.state = to;
    if (IsFinal(to)) {
        order.step.clear();
        if (!order.custom_hostname.empty()) {
            ReleaseUnique(tx, "hostname", order.custom_hostname, order.order_id);
        }
    }
    auto told = happened;
    if (!order.failure.refunded().empty() && move->consequence == Consequence::kReleaseHold) {
        told.details["refunded"] = order.failure.refunded();
        told.details["asset"] = order.failure.asset();
    }
    Tell(tx, order, told);
    Save(tx, order);
    return {};
}

}  // namespace berth::orders
