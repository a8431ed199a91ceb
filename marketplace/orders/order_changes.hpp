#pragma once

#include <map>
#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "marketplace/orders/order.hpp"

namespace berth::orders {

/// Locks the channel of an order's hold, then the order: for who may end the order.
std::optional<OrderRow> LockWithHold(pqxx::work& tx, const std::string& customer_id,
                                     const std::string& order_id);

/// The provider or the chain ended a lease that ran: what the customer paid for the time that is
/// left is not forfeited.
inline constexpr auto kLeaseEnded = "LEASE_ENDED";

/// Why an order ends.
struct Ending {
    std::string reason;  ///< Stable; `CANCELLED_BY_CUSTOMER` and `UNPAID` cancel, the others fail.
    std::string message;
    std::map<std::string, std::string> details;
};

/// Ends an order (locked by LockWithHold) in the way that its state allows: at once where nothing
/// was signed for the chain, else by closing first what was rented. Of an order that was active the
/// time left is over. Errors: kPrecondition `WRONG_STATE` for one that ends or has ended already.
Result<void> End(pqxx::work& tx, OrderRow& order, const Ending& ending, Time now);

/// The state that an order in CLOSING comes to once the chain confirms the close.
State StateAfterClosing(const OrderRow& order);

}  // namespace berth::orders
