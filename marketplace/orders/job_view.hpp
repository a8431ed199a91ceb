#pragma once

#include <optional>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/settings.hpp"
#include "marketplace/queue/job_store.hpp"

namespace berth::orders {

/// The dearest lease that an order may take, in micro-dollars per 2,592,000 s: the plan's ceiling,
/// or less where the price would leave less than the plan's margin floor. Pure.
std::int64_t CeilingOf(const v1::Plan& plan, std::int64_t monthly_usd_micros);

/// A leased job as its worker needs it, with the order, the secrets sealed to the operator and the
/// messages it has on chain.
v1::Job ViewOf(pqxx::work& tx, const queue::Job& job, const OrderRow& order,
               const Settings& settings);

}  // namespace berth::orders
