#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pqxx/pqxx>

namespace berth::ledger {

/// A customer's figures within an operator, of one month.
struct MarginRow {
    std::string customer_id;
    std::string operator_id;
    std::string month;
    std::int64_t revenue_usd_micros = 0;
    std::int64_t fee_usd_micros = 0;
    std::int64_t payable_usd_micros = 0;
    std::int64_t lease_cost_usd_micros = 0;
    std::int64_t other_cost_usd_micros = 0;

    bool operator==(const MarginRow&) const = default;
};

/// Which rows; an empty field is any.
struct MarginFilter {
    std::string customer_id{};
    std::string operator_id{};
    std::string month{};
};

/// The rollup as it is kept, ordered by its key.
std::vector<MarginRow> ReadMargins(pqxx::transaction_base& tx, const MarginFilter& filter);
/// The same figures, added up anew from the entries.
std::vector<MarginRow> RecomputeMargins(pqxx::transaction_base& tx, const MarginFilter& filter);

}  // namespace berth::ledger
