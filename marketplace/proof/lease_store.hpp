#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "marketplace/orders/order.hpp"
#include "marketplace/proof/chain_check.hpp"

namespace berth::proof {

/// Books a lease that was read from the chain; a second time changes nothing.
void AddLease(pqxx::work& tx, const orders::OrderRow& order, const LeaseReading& reading);
/// Notes the close of an order's lease; what it was booked in. Nothing where no lease was booked.
std::optional<std::string> CloseLease(pqxx::work& tx, const orders::OrderRow& order,
                                      std::int64_t closed_height);

}  // namespace berth::proof
