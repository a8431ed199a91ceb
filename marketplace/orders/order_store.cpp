#include <boost/json.hpp>

#include "core/base/assert.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/order_reading.hpp"

namespace berth::orders {
namespace {

#define BERTH_ORDER_COLUMNS                                                                    \
    "customer_id, order_id, event_id, operator_id, plan, state, hostname, custom_hostname, "   \
    "relay_name, relay_description, setup_usd_micros, monthly_usd_micros, due, step, wallet, " \
    "dseq, facts, acceptance, failure, last_event, created_at, active_at, paid_through "

constexpr auto kLock =
    "SELECT " BERTH_ORDER_COLUMNS "FROM orders WHERE customer_id = $1 AND order_id = $2 FOR UPDATE";
constexpr auto kFind = "SELECT " BERTH_ORDER_COLUMNS "FROM orders WHERE order_id = $1";

constexpr auto kOfCustomer = "SELECT " BERTH_ORDER_COLUMNS R"sql(
    FROM orders WHERE customer_id = $1 AND (created_at, order_id) < ($2, $3)
    ORDER BY created_at DESC, order_id DESC LIMIT $4)sql";

constexpr auto kOfOperator = "SELECT " BERTH_ORDER_COLUMNS R"sql(
    FROM orders WHERE operator_id = $1 AND (created_at, order_id) < ($2, $3)
    ORDER BY created_at DESC, order_id DESC LIMIT $4)sql";

constexpr auto kSave = R"sql(
    UPDATE orders SET state = $3, relay_name = $4, relay_description = $5, step = $6, wallet = $7,
                      dseq = nullif($8::numeric, 0), facts = $9, acceptance = $10, failure = $11,
                      active_at = $12, paid_through = $13, last_event = $14
    WHERE customer_id = $1 AND order_id = $2)sql";

constexpr auto kTell = R"sql(
    WITH told AS (UPDATE orders SET last_event = $3 WHERE customer_id = $1 AND order_id = $2)
    INSERT INTO order_events (customer_id, order_id, number, state, kind, message, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb))sql";

OrderRow ReadOrder(const pqxx::row& row)
{
    OrderRow order;
    order.customer_id = row["customer_id"].as<std::string>();
    order.order_id = row["order_id"].as<std::string>();
    order.event_id = row["event_id"].as<std::string>();
    order.operator_id = row["operator_id"].as<std::string>();
    order.plan = db::ReadMessage<v1::Plan>(row["plan"]);
    order.state = static_cast<State>(row["state"].as<int>());
    order.hostname = row["hostname"].as<std::string>();
    order.custom_hostname = row["custom_hostname"].as<std::string>();
    order.relay_name = row["relay_name"].as<std::string>();
    order.relay_description = row["relay_description"].as<std::string>();
    order.setup_usd_micros = row["setup_usd_micros"].as<std::int64_t>();
    order.monthly_usd_micros = row["monthly_usd_micros"].as<std::int64_t>();
    order.due = db::ReadMessage<v1::Quote>(row["due"]);
    order.step = row["step"].as<std::string>();
    order.wallet = row["wallet"].as<std::string>();
    order.dseq = row["dseq"].is_null() ? 0 : row["dseq"].as<std::uint64_t>();
    order.facts = db::ReadMessage<v1::Facts>(row["facts"]);
    order.acceptance = db::ReadMessage<v1::AcceptanceReport>(row["acceptance"]);
    order.failure = db::ReadMessage<v1::OrderFailure>(row["failure"]);
    order.last_event = row["last_event"].as<std::uint64_t>();
    order.created_at = db::ReadTime(row["created_at"]);
    order.active_at = db::ReadOptionalTime(row["active_at"]);
    order.paid_through = db::ReadOptionalTime(row["paid_through"]);
    return order;
}

std::optional<OrderRow> First(const pqxx::result& rows)
{
    if (rows.empty()) return std::nullopt;
    return ReadOrder(rows[0]);
}

std::vector<OrderRow> ReadOrders(const pqxx::result& rows)
{
    std::vector<OrderRow> orders;
    for (const auto& row : rows) orders.push_back(ReadOrder(row));
    return orders;
}

std::string DetailsAsJson(const std::map<std::string, std::string>& details)
{
    boost::json::object object;
    for (const auto& [name, value] : details) object[name] = value;
    return boost::json::serialize(object);
}

std::int64_t Micros(const std::optional<Time>& time)
{
    return time ? time->time_since_epoch().count() : 0;
}

}  // namespace

std::optional<OrderRow> LockOrder(pqxx::work& tx, const std::string& customer_id,
                                  const std::string& order_id)
{
    return First(tx.exec_params(kLock, customer_id, order_id));
}

std::optional<OrderRow> FindOrder(pqxx::transaction_base& tx, const std::string& order_id)
{
    return First(tx.exec_params(kFind, order_id));
}

std::vector<OrderRow> OrdersOf(pqxx::work& tx, OrderOwner owner, const std::string& key,
                               const OrderPosition& before, int limit)
{
    const auto* query = owner == OrderOwner::kCustomer ? kOfCustomer : kOfOperator;
    return ReadOrders(tx.exec_params(query, key, before.created_at, before.order_id, limit));
}

void Tell(pqxx::work& tx, OrderRow& order, const Happened& happened)
{
    order.last_event += 1;
    tx.exec_params0(kTell, order.customer_id, order.order_id, order.last_event,
                    static_cast<int>(order.state), happened.kind, happened.message,
                    DetailsAsJson(happened.details));
    db::Notify(tx, "orders/" + order.order_id);
}

void Save(pqxx::work& tx, const OrderRow& order)
{
    tx.exec_params0(kSave, order.customer_id, order.order_id, static_cast<int>(order.state),
                    order.relay_name, order.relay_description, order.step, order.wallet,
                    std::to_string(order.dseq), db::ToBytes(order.facts),
                    db::ToBytes(order.acceptance), db::ToBytes(order.failure),
                    db::ToSql(order.active_at), db::ToSql(order.paid_through), order.last_event);
}

v1::Order ToProto(const OrderRow& order)
{
    v1::Order shown;
    shown.set_name("orders/" + order.order_id);
    shown.set_customer(order.customer_id);
    shown.set_plan(order.plan.name());
    shown.set_state(order.state);
    shown.set_hostname(order.hostname);
    shown.set_custom_hostname(order.custom_hostname);
    if (order.facts.dns_published_at() != 0) {
        shown.set_relay_url("wss://" + PublicName(order));
    }
    shown.set_setup_usd_micros(order.setup_usd_micros);
    shown.set_monthly_usd_micros(order.monthly_usd_micros);
    *shown.mutable_due() = order.due.due();
    shown.set_quote_expires_at(order.due.expires_at());
    shown.set_created_at(order.created_at.time_since_epoch().count());
    shown.set_active_at(Micros(order.active_at));
    shown.set_paid_through(Micros(order.paid_through));
    if (!order.failure.reason().empty()) *shown.mutable_failure() = order.failure;
    shown.set_step(order.step);
    if (!order.acceptance.prober().empty()) *shown.mutable_acceptance() = order.acceptance;
    shown.set_last_event(order.last_event);
    if (order.facts.has_lease()) *shown.mutable_lease() = order.facts.lease();
    return shown;
}

std::string PublicName(const OrderRow& order)
{
    return order.custom_hostname.empty() ? order.hostname : order.custom_hostname;
}

}  // namespace berth::orders
