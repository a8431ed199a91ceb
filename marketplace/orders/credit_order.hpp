#pragma once

#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "core/base/error.hpp"
#include "marketplace/ledger/books.hpp"
#include "marketplace/orders/intake.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::orders {

/// What an order costs on a rail, in the rail's units and in the dollars of its quote; nothing
/// where it cannot be paid in that asset.
std::optional<ledger::Worth> DueOn(const OrderRow& order, const std::string& rail,
                                   const std::string& asset);

/// The customer's channel that `channels/{rail}-{id}` names. Errors: kInvalid `BAD_TERMS`.
Result<payments::ChannelKey> ReadPayFrom(const std::string& customer_id, const std::string& name);

/// The order as it will be once its channel has paid it.
OrderRow AsPaid(OrderRow order);

/// An order that pays itself from a channel's unapplied credit.
struct CreditOrder {
    OrderRow row;     ///< As it is before it is paid.
    NewOrder stored;  ///< With the answer of the paid one.
    payments::ChannelKey channel;
};

/// Stores the order with its hold and its first job, or nothing at all; an event that was accepted
/// before keeps its answer. Returns the serialized answer. Errors: kNotFound `UNKNOWN_CHANNEL`;
/// kPrecondition `CHANNEL_CLOSING`, `CREDIT_TOO_LOW`.
Result<std::string> PlaceOnCredit(pqxx::work& tx, const CreditOrder& order, Time now);

}  // namespace berth::orders
