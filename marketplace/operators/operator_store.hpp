#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "berth/v1/operator_service.pb.h"
#include "core/base/clock.hpp"
#include "core/money/amount.hpp"

namespace berth::operators {

/// The rows of operators, plans, wallets and prices, each within the caller's transaction.

/// Makes or changes an operator; a new one gets a queue for its jobs.
void PutOperator(pqxx::work& tx, const v1::PutOperator& change);
bool OperatorExists(pqxx::work& tx, const std::string& operator_id);
std::vector<v1::Operator> ReadOperators(pqxx::work& tx);

/// Makes or changes a plan; false if its name belongs to another operator.
bool PutPlan(pqxx::work& tx, const std::string& plan_id, const v1::Plan& plan);
/// A plan of an operator, locked; nothing if he has none such.
std::optional<v1::Plan> LockPlan(pqxx::work& tx, const std::string& operator_id,
                                 const std::string& plan_id);

/// Makes a wallet known; one that is known stays as it is.
void PutWallet(pqxx::work& tx, const std::string& operator_id, const v1::PutWallet& wallet);
std::vector<v1::Wallet> ReadWallets(pqxx::work& tx, const std::string& operator_id);

/// A price to keep, by the code that money::FindAsset gives its asset.
struct NewPrice {
    std::string snapshot_id;
    std::string asset;
    money::Amount price_usd_e8;
    std::string source;
    Time source_time;
};
void PutPrice(pqxx::work& tx, const NewPrice& price);
/// The newest price of an asset if it is of the last day; 0 if there is none.
money::Amount RecentPrice(pqxx::work& tx, const std::string& asset);
std::vector<v1::PriceSnapshot> ReadPrices(pqxx::work& tx);

}  // namespace berth::operators
