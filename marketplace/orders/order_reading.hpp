#pragma once

#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "marketplace/orders/order.hpp"

namespace berth::orders {

/// The name that the relay is reached by: the customer's own, else the one in the edge's zone.
std::string PublicName(const OrderRow& order);

/// By whose key a list of orders is read.
enum class OrderOwner { kCustomer, kOperator };

/// A place in a list of orders, newest first.
struct OrderPosition {
    std::string created_at = "infinity";  ///< As SQL writes it.
    std::string order_id;
};
/// Orders of a customer or an operator that come after `before`.
std::vector<OrderRow> OrdersOf(pqxx::work& tx, OrderOwner owner, const std::string& key,
                               const OrderPosition& before, int limit);

/// Events of an order with a number above `after`, in order.
std::vector<v1::OrderEvent> EventsAfter(pqxx::work& tx, const OrderRow& order, std::uint64_t after,
                                        int limit);

/// A place in an order's log, newest first.
struct LogPosition {
    std::string time = "infinity";
    std::string job_id;
    std::int64_t epoch = 0;
    int sequence = 0;
};
/// A page of the log, and where the next one starts (empty job at the end).
struct LogPage {
    std::vector<v1::StepLog> logs;
    LogPosition last;
};
LogPage LogsOf(pqxx::work& tx, const OrderRow& order, const LogPosition& before, int limit);

/// Secrets of an order that are sealed to a reader, and who sealed them.
struct SealedSecrets {
    std::vector<v1::SealedSecret> secrets;
    std::string sealed_by;
};
SealedSecrets SecretsOf(pqxx::work& tx, const OrderRow& order, const std::string& reader);
/// Keeps a sealed secret; the first one of a name and reader stays.
void KeepSecret(pqxx::work& tx, const OrderRow& order, const std::string& sealed_by,
                const v1::SealedSecret& secret);

/// The stored answer to an accepted event, byte for byte; nothing for one that was not accepted.
std::optional<std::string> StoredAnswer(pqxx::work& tx, const std::string& customer_id,
                                        const std::string& event_id);
/// Keeps an accepted event with its answer.
struct AcceptedEvent {
    std::string customer_id;
    std::string event_id;
    int kind = 0;
    std::string event;   ///< Its JSON.
    std::string answer;  ///< Serialized.
};
void KeepEvent(pqxx::work& tx, const AcceptedEvent& event);

/// Claims a name or number that is not derived from its owner. False where another owner has it.
bool ClaimUnique(pqxx::work& tx, const std::string& kind, const std::string& value,
                 const std::string& owner_id);
void ReleaseUnique(pqxx::work& tx, const std::string& kind, const std::string& value,
                   const std::string& owner_id);

/// Those of a wallet's deployments that no order of the operator may have. An order that ended
/// within the last minute may still have been seen with its deployment.
std::vector<std::uint64_t> UnknownDeployments(pqxx::work& tx, const std::string& operator_id,
                                              const v1::WalletReport& report);

/// An order by its key.
struct OrderKey {
    std::string customer_id;
    std::string order_id;
};
/// Unpaid orders whose quote ended before `time`.
std::vector<OrderKey> UnpaidSince(pqxx::work& tx, Time time, int limit);
/// Served orders whose paid time ended by `time`.
std::vector<OrderKey> PaidUntil(pqxx::work& tx, Time time, int limit);

}  // namespace berth::orders
