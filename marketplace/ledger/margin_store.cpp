#include "marketplace/ledger/margin.hpp"

namespace berth::ledger {
namespace {

constexpr auto kRead = R"sql(
    SELECT customer_id, operator_id, month, revenue_usd_micros, fee_usd_micros, payable_usd_micros,
           lease_cost_usd_micros, other_cost_usd_micros
    FROM margins
    WHERE ($1 = '' OR customer_id = $1) AND ($2 = '' OR operator_id = $2)
          AND ($3 = '' OR month = $3)
    ORDER BY customer_id, operator_id, month)sql";

constexpr auto kRecompute = R"sql(
    SELECT customer_id, operator_id, month,
           sum(usd_micros * ((credit = 'revenue')::int - (debit = 'revenue')::int)),
           sum(usd_micros * ((credit = 'marketplace_fee')::int - (debit = 'marketplace_fee')::int)),
           sum(usd_micros * ((credit = 'operator_payable')::int
                             - (debit = 'operator_payable')::int)),
           sum(usd_micros * ((debit = 'lease_cost')::int - (credit = 'lease_cost')::int)),
           sum(usd_micros * ((debit = 'network_fees')::int - (credit = 'network_fees')::int))
    FROM entries
    WHERE ($1 = '' OR customer_id = $1) AND ($2 = '' OR operator_id = $2)
          AND ($3 = '' OR month = $3)
          AND ARRAY[debit, credit] && ARRAY['revenue', 'marketplace_fee', 'operator_payable',
                                            'lease_cost', 'network_fees']
    GROUP BY customer_id, operator_id, month
    ORDER BY customer_id, operator_id, month)sql";

std::vector<MarginRow> Rows(pqxx::transaction_base& tx, const char* query,
                            const MarginFilter& filter)
{
    std::vector<MarginRow> rows;
    for (const auto& row :
         tx.exec_params(query, filter.customer_id, filter.operator_id, filter.month)) {
        rows.push_back({.customer_id = row[0].as<std::string>(),
                        .operator_id = row[1].as<std::string>(),
                        .month = row[2].as<std::string>(),
                        .revenue_usd_micros = row[3].as<std::int64_t>(),
                        .fee_usd_micros = row[4].as<std::int64_t>(),
                        .payable_usd_micros = row[5].as<std::int64_t>(),
                        .lease_cost_usd_micros = row[6].as<std::int64_t>(),
                        .other_cost_usd_micros = row[7].as<std::int64_t>()});
    }
    return rows;
}

}  // namespace

std::vector<MarginRow> ReadMargins(pqxx::transaction_base& tx, const MarginFilter& filter)
{
    return Rows(tx, kRead, filter);
}

std::vector<MarginRow> RecomputeMargins(pqxx::transaction_base& tx, const MarginFilter& filter)
{
    return Rows(tx, kRecompute, filter);
}

}  // namespace berth::ledger
