#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "berth/v1/order_service.pb.h"
#include "berth/v1/types.pb.h"
#include "berth/v1/worker_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::orders {

using State = v1::OrderState;

/// A row of `orders`.
struct OrderRow {
    std::string customer_id;
    std::string order_id;
    std::string event_id;
    std::string operator_id;
    v1::Plan plan;  ///< As it was when the order was accepted.
    State state = v1::ORDER_STATE_UNSPECIFIED;
    std::string hostname;
    std::string custom_hostname;
    std::string relay_name;
    std::string relay_description;
    std::int64_t setup_usd_micros = 0;
    std::int64_t monthly_usd_micros = 0;
    v1::Quote due;  ///< What is due on each rail, and until when.
    std::string step;
    std::string wallet;
    std::uint64_t dseq = 0;  ///< 0 before reserve.
    v1::Facts facts;
    v1::AcceptanceReport acceptance;
    v1::OrderFailure failure;
    std::uint64_t last_event = 0;
    Time created_at;
    std::optional<Time> active_at;
    std::optional<Time> paid_through;
};

/// What a move tells the customer.
struct Happened {
    std::string kind;     ///< `paid`, `step_done`, `active`, `failed`, ...
    std::string message;  ///< One sentence.
    std::map<std::string, std::string> details;
};

/// Reads and locks an order for the rest of the transaction; nothing if the customer has none such.
std::optional<OrderRow> LockOrder(pqxx::work& tx, const std::string& customer_id,
                                  const std::string& order_id);
/// Reads without a lock, by order id alone (operators, workers).
std::optional<OrderRow> FindOrder(pqxx::transaction_base& tx, const std::string& order_id);

/// Moves a locked order along the state table, with the money consequence of that move, its event
/// and its next job, all in this transaction. Errors: kPrecondition `WRONG_STATE` for a move that
/// is not in the table; those of the money consequence.
Result<void> Move(pqxx::work& tx, OrderRow& order, State to, const Happened& happened, Time now);
/// Appends an event to a locked order without moving it.
void Tell(pqxx::work& tx, OrderRow& order, const Happened& happened);
/// Writes the changed fields of a locked order (step, wallet, dseq, facts, acceptance, names).
void Save(pqxx::work& tx, const OrderRow& order);

/// The order as its customer and operator read it.
v1::Order ToProto(const OrderRow& order);

}  // namespace berth::orders
