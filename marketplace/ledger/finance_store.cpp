#include "marketplace/ledger/finance_store.hpp"

#include "marketplace/db/values.hpp"

namespace berth::ledger {
namespace {

constexpr auto kListEntries = R"sql(
    SELECT customer_id, entry_id, order_id, operator_id, kind, debit, credit, asset, amount,
           usd_micros, snapshot_id, created_at
    FROM entries
    WHERE ($1 OR ($2 <> '' AND operator_id = $2)
              OR ($3 <> '' AND customer_id = $3
                  AND kind IN ('claim', 'hold', 'release', 'sale', 'deferral', 'setup', 'hosting',
                               'forfeited', 'relay_claim')))
          AND ($4 = '' OR customer_id = $4) AND ($5 = '' OR order_id = $5)
          AND ($6 = '' OR month = $6) AND (created_at, entry_id) < ($7::timestamptz, $8)
    ORDER BY created_at DESC, entry_id DESC LIMIT $9)sql";

constexpr auto kSumByKind = R"sql(
    SELECT kind, asset, sum(amount), sum(usd_micros)
    FROM entries
    WHERE ($1 OR ($2 <> '' AND operator_id = $2)
              OR ($3 <> '' AND customer_id = $3
                  AND kind IN ('claim', 'hold', 'release', 'sale', 'deferral', 'setup', 'hosting',
                               'forfeited', 'relay_claim')))
          AND ($4 = '' OR customer_id = $4) AND ($5 = '' OR order_id = $5)
          AND ($6 = '' OR month = $6)
    GROUP BY kind, asset ORDER BY kind, asset)sql";

constexpr auto kKnowsCustomer = R"sql(
    SELECT EXISTS (SELECT FROM orders WHERE customer_id = $1 AND ($2 = '' OR operator_id = $2))
        OR EXISTS (SELECT FROM entries
                   WHERE customer_id = $1 AND ($2 = '' OR operator_id = $2)))sql";

constexpr auto kListCustomers = R"sql(
    SELECT DISTINCT customer_id FROM margins
    WHERE ($1 = '' OR operator_id = $1) AND ($2 = '' OR month = $2) AND customer_id > $3
    ORDER BY customer_id LIMIT $4)sql";

}  // namespace

std::vector<EntryRow> ListEntries(pqxx::transaction_base& tx, const EntryFilter& filter,
                                  const EntryPosition& position, int limit)
{
    const auto& sight = filter.sight;
    std::vector<EntryRow> entries;
    for (const auto& row :
         tx.exec_params(kListEntries, sight.all, sight.operator_id, sight.customer_id,
                        filter.customer_id, filter.order_id, filter.month,
                        db::ToSql(position.created_at), position.entry_id, limit)) {
        entries.push_back({.customer_id = row[0].as<std::string>(),
                           .entry_id = row[1].as<std::string>(),
                           .order_id = row[2].as<std::string>(),
                           .operator_id = row[3].as<std::string>(),
                           .kind = row[4].as<std::string>(),
                           .debit = row[5].as<std::string>(),
                           .credit = row[6].as<std::string>(),
                           .asset = row[7].as<std::string>(),
                           .amount = db::ReadAmount(row[8]),
                           .usd_micros = row[9].as<std::int64_t>(),
                           .snapshot_id = row[10].as<std::string>(),
                           .created_at = db::ReadTime(row[11])});
    }
    return entries;
}

std::vector<StatementRow> SumByKind(pqxx::transaction_base& tx, const EntryFilter& filter)
{
    const auto& sight = filter.sight;
    std::vector<StatementRow> sums;
    for (const auto& row :
         tx.exec_params(kSumByKind, sight.all, sight.operator_id, sight.customer_id,
                        filter.customer_id, filter.order_id, filter.month)) {
        sums.push_back({.kind = row[0].as<std::string>(),
                        .asset = row[1].as<std::string>(),
                        .amount = db::ReadAmount(row[2]),
                        .usd_micros = row[3].as<std::int64_t>()});
    }
    return sums;
}

bool KnowsCustomer(pqxx::transaction_base& tx, const std::string& customer_id,
                   const std::string& operator_id)
{
    return tx.exec_params1(kKnowsCustomer, customer_id, operator_id)[0].as<bool>();
}

std::vector<std::string> ListCustomers(pqxx::transaction_base& tx, const std::string& operator_id,
                                       const std::string& month, const std::string& after,
                                       int limit)
{
    std::vector<std::string> customers;
    for (const auto& row : tx.exec_params(kListCustomers, operator_id, month, after, limit)) {
        customers.push_back(row[0].as<std::string>());
    }
    return customers;
}

}  // namespace berth::ledger
