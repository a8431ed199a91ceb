#pragma once

#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"

namespace berth::ledger {

/// Whose rows a caller may read. All of them, or those of an operator's books and those of a
/// customer's paid side; an empty key is nobody's.
struct Sight {
    bool all = false;
    std::string operator_id;
    std::string customer_id;
};

/// Which rows; an empty field is any.
struct EntryFilter {
    Sight sight;
    std::string customer_id{};
    std::string order_id{};
    std::string month{};
};

/// Where a page begins, exclusively.
struct EntryPosition {
    Time created_at;
    std::string entry_id;
};

/// A row of `entries`.
struct EntryRow {
    std::string customer_id;
    std::string entry_id;
    std::string order_id;
    std::string operator_id;
    std::string kind;
    std::string debit;
    std::string credit;
    std::string asset;
    money::Amount amount{};
    std::int64_t usd_micros = 0;
    std::string snapshot_id;
    Time created_at;
};

/// Entries before `position`, newest first, `limit` at most.
std::vector<EntryRow> ListEntries(pqxx::transaction_base& tx, const EntryFilter& filter,
                                  const EntryPosition& position, int limit);

struct StatementRow {
    std::string kind;
    std::string asset;
    money::Amount amount{};
    std::int64_t usd_micros = 0;
};
/// Sums by kind and asset.
std::vector<StatementRow> SumByKind(pqxx::transaction_base& tx, const EntryFilter& filter);

/// Whether a customer has an order, or an entry, that is within the operator (any, if empty).
bool KnowsCustomer(pqxx::transaction_base& tx, const std::string& customer_id,
                   const std::string& operator_id);

/// Customers that have margins, after one, by key; `limit` at most. Empty fields are any.
std::vector<std::string> ListCustomers(pqxx::transaction_base& tx, const std::string& operator_id,
                                       const std::string& month, const std::string& after,
                                       int limit);

}  // namespace berth::ledger
