#include "marketplace/orders/job_view.hpp"

#include <algorithm>

#include "core/money/amount.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/payments/price_store.hpp"
#include "marketplace/queue/outbox_store.hpp"

namespace berth::orders {
namespace {

constexpr std::int64_t kWhole = 10'000;  // Basis points.

std::int64_t MicrosOf(Time time)
{
    return time == Time::max() ? 0 : time.time_since_epoch().count();
}

/// The newest price of an asset in 10^-8 dollars; 0 where there is none.
std::int64_t PriceE8(pqxx::work& tx, const std::string& asset)
{
    const auto price = payments::NewestPrice(tx, asset);
    return price ? price->usd_e8.ToInt64().value_or(0) : 0;
}

v1::JobOrder OrderView(pqxx::work& tx, const OrderRow& order, const Settings& settings)
{
    v1::JobOrder view;
    view.set_name("orders/" + order.order_id);
    view.set_customer(order.customer_id);
    *view.mutable_plan() = order.plan;
    view.set_hostname(order.hostname);
    view.set_custom_hostname(order.custom_hostname);
    view.set_relay_name(order.relay_name);
    view.set_relay_description(order.relay_description);
    view.set_wallet(order.wallet);
    view.set_dseq(order.dseq);
    view.set_ceiling_lease_usd_micros(CeilingOf(order.plan, order.monthly_usd_micros));
    view.set_deposit_uact(settings.deposit_uact);
    view.set_act_price_usd_e8(PriceE8(tx, "uact"));
    view.set_akt_price_usd_e8(PriceE8(tx, "uakt"));
    *view.mutable_facts() = order.facts;
    for (auto& secret : SecretsOf(tx, order, "operator").secrets) {
        *view.add_secrets() = std::move(secret);
    }
    return view;
}

}  // namespace

std::int64_t CeilingOf(const v1::Plan& plan, std::int64_t monthly_usd_micros)
{
    const auto kept = std::clamp<std::int64_t>(plan.margin_floor_bps(), 0, kWhole);
    const auto affordable =
        money::MulDiv(monthly_usd_micros, kWhole - kept, kWhole, money::Rounding::kFloor)
            .ToInt64()
            .value_or(0);
    return plan.ceiling_lease_usd_micros() > 0
               ? std::min(plan.ceiling_lease_usd_micros(), affordable)
               : affordable;
}

v1::Job ViewOf(pqxx::work& tx, const queue::Job& job, const OrderRow& order,
               const Settings& settings)
{
    v1::Job view;
    view.set_name("jobs/" + job.job_id);
    view.set_epoch(job.epoch);
    view.set_kind(job.kind);
    view.set_step(job.step);
    view.set_attempt(job.attempt);
    view.set_leased_until(MicrosOf(job.leased_until));
    view.set_step_deadline(MicrosOf(job.step_deadline));
    *view.mutable_order() = OrderView(tx, order, settings);
    for (auto& message : queue::MessagesOf(tx, order.operator_id, job.job_id)) {
        *view.add_outbox() = std::move(message);
    }
    view.set_trace(job.trace);
    return view;
}

}  // namespace berth::orders
