#include <boost/json.hpp>

#include "core/base/digest.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/orders/order_reading.hpp"

namespace berth::orders {
namespace {

constexpr auto kEvents = R"sql(
    SELECT number, time, state, kind, message, details FROM order_events
    WHERE customer_id = $1 AND order_id = $2 AND number > $3 ORDER BY number LIMIT $4)sql";

constexpr auto kLogs = R"sql(
    SELECT time, step, job_id, epoch, sequence, outcome, reason, message FROM step_logs
    WHERE customer_id = $1 AND order_id = $2
      AND (time, job_id, epoch, sequence) < ($3::timestamptz, $4, $5, $6)
    ORDER BY time DESC, job_id DESC, epoch DESC, sequence DESC LIMIT $7)sql";

constexpr auto kSecrets = R"sql(
    SELECT name, reader, sealed, key_id, sealed_by FROM sealed_secrets
    WHERE customer_id = $1 AND order_id = $2 AND reader = $3 ORDER BY name)sql";

constexpr auto kKeepSecret = R"sql(
    INSERT INTO sealed_secrets (customer_id, order_id, name, reader, key_id, sealed_by, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)sql";

constexpr auto kAnswer = R"sql(
    SELECT answer FROM signed_events WHERE customer_id = $1 AND event_id = $2)sql";

constexpr auto kKeepEvent = R"sql(
    INSERT INTO signed_events (customer_id, event_id, kind, event, answer)
    VALUES ($1, $2, $3, $4, $5))sql";

/// States of orders that may have a deployment: 3 to 6 and 8.
static_assert(v1::ORDER_STATE_PROVISIONING == 3 && v1::ORDER_STATE_SUSPENDED == 6 &&
              v1::ORDER_STATE_CLOSING == 8);
constexpr auto kUnknownDeployments = R"sql(
    SELECT told.dseq FROM unnest($3::numeric[]) AS told (dseq)
    WHERE NOT EXISTS (
        SELECT FROM orders LEFT JOIN order_events AS latest
            ON latest.customer_id = orders.customer_id AND latest.order_id = orders.order_id
               AND latest.number = orders.last_event
        WHERE orders.wallet = $2 AND orders.dseq = told.dseq AND operator_id = $1
          AND (orders.state IN (3, 4, 5, 6, 8) OR latest.time > now() - interval '1 minute'))
    ORDER BY told.dseq)sql";

constexpr auto kClaim = R"sql(
    INSERT INTO unique_keys (key_hash, kind, owner_id) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING)sql";
constexpr auto kOwnerOf = "SELECT owner_id FROM unique_keys WHERE key_hash = $1";
constexpr auto kRelease = "DELETE FROM unique_keys WHERE key_hash = $1 AND owner_id = $2";

constexpr auto kUnpaid = R"sql(
    SELECT customer_id, order_id FROM orders
    WHERE state = 1 AND quote_expires_at < $1 ORDER BY quote_expires_at LIMIT $2)sql";
constexpr auto kPaidUntil = R"sql(
    SELECT customer_id, order_id FROM orders
    WHERE state IN (4, 5) AND paid_through <= $1 ORDER BY paid_through LIMIT $2)sql";

std::string HashOf(const std::string& kind, const std::string& value)
{
    return ToHex(Sha256(kind + ':' + value));
}

void ReadDetails(const std::string& json, v1::OrderEvent& event)
{
    boost::json::error_code error;
    const auto details = boost::json::parse(json, error);
    if (!details.is_object()) return;
    for (const auto& [name, value] : details.get_object()) {
        (*event.mutable_details())[std::string{name}] = std::string{value.as_string()};
    }
}

std::vector<OrderKey> ReadKeys(const pqxx::result& rows)
{
    std::vector<OrderKey> keys;
    for (const auto& row : rows) {
        keys.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
    }
    return keys;
}

}  // namespace

std::vector<v1::OrderEvent> EventsAfter(pqxx::work& tx, const OrderRow& order, std::uint64_t after,
                                        int limit)
{
    std::vector<v1::OrderEvent> events;
    for (const auto& row :
         tx.exec_params(kEvents, order.customer_id, order.order_id, after, limit)) {
        auto& event = events.emplace_back();
        event.set_number(row["number"].as<std::uint64_t>());
        event.set_time(db::ReadTime(row["time"]).time_since_epoch().count());
        event.set_state(static_cast<State>(row["state"].as<int>()));
        event.set_kind(row["kind"].as<std::string>());
        event.set_message(row["message"].as<std::string>());
        ReadDetails(row["details"].as<std::string>(), event);
    }
    return events;
}

LogPage LogsOf(pqxx::work& tx, const OrderRow& order, const LogPosition& before, int limit)
{
    LogPage page;
    const auto rows = tx.exec_params(kLogs, order.customer_id, order.order_id, before.time,
                                     before.job_id, before.epoch, before.sequence, limit);
    for (const auto& row : rows) {
        auto& log = page.logs.emplace_back();
        log.set_time(db::ReadTime(row["time"]).time_since_epoch().count());
        log.set_step(row["step"].as<std::string>());
        log.set_epoch(row["epoch"].as<std::uint64_t>());
        log.set_outcome(row["outcome"].as<std::string>());
        log.set_reason(row["reason"].as<std::string>());
        log.set_message(row["message"].as<std::string>());
        page.last = {.time = row["time"].as<std::string>(),
                     .job_id = row["job_id"].as<std::string>(),
                     .epoch = row["epoch"].as<std::int64_t>(),
                     .sequence = row["sequence"].as<int>()};
    }
    return page;
}

SealedSecrets SecretsOf(pqxx::work& tx, const OrderRow& order, const std::string& reader)
{
    SealedSecrets sealed;
    for (const auto& row : tx.exec_params(kSecrets, order.customer_id, order.order_id, reader)) {
        auto& secret = sealed.secrets.emplace_back();
        secret.set_name(row["name"].as<std::string>());
        secret.set_reader(row["reader"].as<std::string>());
        secret.set_sealed(db::ReadBytes(row["sealed"]));
        secret.set_key_id(row["key_id"].as<std::string>());
        sealed.sealed_by = row["sealed_by"].as<std::string>();
    }
    return sealed;
}

void KeepSecret(pqxx::work& tx, const OrderRow& order, const std::string& sealed_by,
                const v1::SealedSecret& secret)
{
    tx.exec_params0(kKeepSecret, order.customer_id, order.order_id, secret.name(), secret.reader(),
                    secret.key_id(), sealed_by, db::ToBytes(secret.sealed()));
}

std::optional<std::string> StoredAnswer(pqxx::work& tx, const std::string& customer_id,
                                        const std::string& event_id)
{
    const auto rows = tx.exec_params(kAnswer, customer_id, event_id);
    if (rows.empty()) return std::nullopt;
    return db::ReadBytes(rows[0][0]);
}

void KeepEvent(pqxx::work& tx, const AcceptedEvent& event)
{
    tx.exec_params0(kKeepEvent, event.customer_id, event.event_id, event.kind, event.event,
                    db::ToBytes(event.answer));
}

std::vector<std::uint64_t> UnknownDeployments(pqxx::work& tx, const std::string& operator_id,
                                              const v1::WalletReport& report)
{
    std::vector<std::uint64_t> unknown;
    if (report.height() == 0 || report.deployments().empty()) return unknown;
    std::string told = "{";
    for (const auto dseq : report.deployments()) told += std::to_string(dseq) + ',';
    told.back() = '}';
    for (const auto& row :
         tx.exec_params(kUnknownDeployments, operator_id, report.address(), told)) {
        unknown.push_back(row[0].as<std::uint64_t>());
    }
    return unknown;
}

bool ClaimUnique(pqxx::work& tx, const std::string& kind, const std::string& value,
                 const std::string& owner_id)
{
    const auto hash = HashOf(kind, value);
    tx.exec_params0(kClaim, hash, kind, owner_id);
    const auto rows = tx.exec_params(kOwnerOf, hash);
    return !rows.empty() && rows[0][0].as<std::string>() == owner_id;
}

void ReleaseUnique(pqxx::work& tx, const std::string& kind, const std::string& value,
                   const std::string& owner_id)
{
    tx.exec_params0(kRelease, HashOf(kind, value), owner_id);
}

std::vector<OrderKey> UnpaidSince(pqxx::work& tx, Time time, int limit)
{
    return ReadKeys(tx.exec_params(kUnpaid, db::ToSql(time), limit));
}

std::vector<OrderKey> PaidUntil(pqxx::work& tx, Time time, int limit)
{
    return ReadKeys(tx.exec_params(kPaidUntil, db::ToSql(time), limit));
}

}  // namespace berth::orders
