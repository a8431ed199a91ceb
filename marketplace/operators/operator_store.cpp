#include "marketplace/operators/operator_store.hpp"

#include <boost/json/parse.hpp>

#include "marketplace/db/values.hpp"

namespace berth::operators {
namespace {

constexpr auto kPutOperator = R"sql(
    INSERT INTO operators (operator_id, title, paused) VALUES ($1, $2, $3)
    ON CONFLICT (operator_id) DO UPDATE SET title = excluded.title, paused = excluded.paused)sql";
constexpr auto kOneAtATime = R"sql(
    SELECT FROM queues WHERE operator_id = 'marketplace' AND lane = 0 FOR UPDATE)sql";
constexpr auto kAddQueue = R"sql(
    INSERT INTO queues (queue_id, operator_id, lane)
    SELECT max(queue_id) + 1, $1, 0 FROM queues
    ON CONFLICT (operator_id, lane) DO NOTHING)sql";
constexpr auto kOperatorExists = R"sql(
    SELECT EXISTS (SELECT FROM operators WHERE operator_id = $1))sql";
constexpr auto kOperators = R"sql(
    SELECT operator_id, title, paused FROM operators ORDER BY operator_id)sql";

constexpr auto kPutPlan = R"sql(
    INSERT INTO plans (plan_id, operator_id, paused, plan) VALUES ($1, $2, $3, $4)
    ON CONFLICT (plan_id) DO UPDATE
    SET paused = excluded.paused, plan = excluded.plan, updated_at = now()
    WHERE plans.operator_id = excluded.operator_id)sql";
constexpr auto kLockPlan = R"sql(
    SELECT plan FROM plans WHERE plan_id = $1 AND operator_id = $2 FOR UPDATE)sql";

constexpr auto kPutWallet = R"sql(
    INSERT INTO wallets (operator_id, address, chain_id) VALUES ($1, $2, $3)
    ON CONFLICT (operator_id, address) DO NOTHING)sql";
constexpr auto kWallets = R"sql(
    SELECT address, chain_id, ready, not_ready_because, balances, worker,
           COALESCE((extract(epoch FROM reported_at) * 1000000)::bigint, 0) AS reported_at
    FROM wallets WHERE operator_id = $1 ORDER BY address)sql";

constexpr auto kPutPrice = R"sql(
    INSERT INTO price_snapshots (snapshot_id, asset, price_usd_e8, source, source_time)
    VALUES ($1, $2, $3, $4, $5))sql";
constexpr auto kRecentPrice = R"sql(
    SELECT price_usd_e8 FROM price_snapshots
    WHERE asset = $1 AND fetched_at > now() - interval '1 day'
    ORDER BY fetched_at DESC LIMIT 1)sql";
constexpr auto kPrices = R"sql(
    SELECT DISTINCT ON (asset) snapshot_id, asset, price_usd_e8, source,
           (extract(epoch FROM fetched_at) * 1000000)::bigint AS fetched_at
    FROM price_snapshots ORDER BY asset, fetched_at DESC)sql";

}  // namespace

void PutOperator(pqxx::work& tx, const v1::PutOperator& change)
{
    tx.exec_params0(kPutOperator, change.operator_(), change.title(), change.paused());
    tx.exec(kOneAtATime);  // Numbers of queues are drawn under this row.
    tx.exec_params0(kAddQueue, change.operator_());
}

bool OperatorExists(pqxx::work& tx, const std::string& operator_id)
{
    return tx.exec_params1(kOperatorExists, operator_id)[0].as<bool>();
}

std::vector<v1::Operator> ReadOperators(pqxx::work& tx)
{
    std::vector<v1::Operator> operators;
    for (const auto& row : tx.exec(kOperators)) {
        auto& one = operators.emplace_back();
        one.set_operator_(row["operator_id"].as<std::string>());
        one.set_title(row["title"].as<std::string>());
        one.set_paused(row["paused"].as<bool>());
    }
    return operators;
}

bool PutPlan(pqxx::work& tx, const std::string& plan_id, const v1::Plan& plan)
{
    return tx.exec_params(kPutPlan, plan_id, plan.operator_(), plan.paused(), db::ToBytes(plan))
               .affected_rows() == 1;
}

std::optional<v1::Plan> LockPlan(pqxx::work& tx, const std::string& operator_id,
                                 const std::string& plan_id)
{
    const auto rows = tx.exec_params(kLockPlan, plan_id, operator_id);
    if (rows.empty()) return std::nullopt;
    return db::ReadMessage<v1::Plan>(rows[0][0]);
}

void PutWallet(pqxx::work& tx, const std::string& operator_id, const v1::PutWallet& wallet)
{
    tx.exec_params0(kPutWallet, operator_id, wallet.address(), wallet.chain_id());
}

std::vector<v1::Wallet> ReadWallets(pqxx::work& tx, const std::string& operator_id)
{
    std::vector<v1::Wallet> wallets;
    for (const auto& row : tx.exec_params(kWallets, operator_id)) {
        auto& wallet = wallets.emplace_back();
        wallet.set_address(row["address"].as<std::string>());
        wallet.set_chain_id(row["chain_id"].as<std::string>());
        wallet.set_ready(row["ready"].as<bool>());
        wallet.set_not_ready_because(row["not_ready_because"].as<std::string>());
        wallet.set_worker(row["worker"].as<std::string>());
        wallet.set_reported_at(row["reported_at"].as<std::int64_t>());
        const auto balances = boost::json::parse(row["balances"].as<std::string>());
        for (const auto& [denom, amount] : balances.as_object()) {
            wallet.add_balances(std::string{amount.as_string()} + std::string{denom});
        }
    }
    return wallets;
}

void PutPrice(pqxx::work& tx, const NewPrice& price)
{
    tx.exec_params0(kPutPrice, price.snapshot_id, price.asset, price.price_usd_e8.ToString(),
                    price.source, db::ToSql(price.source_time));
}

money::Amount RecentPrice(pqxx::work& tx, const std::string& asset)
{
    const auto rows = tx.exec_params(kRecentPrice, asset);
    return rows.empty() ? money::Amount{} : db::ReadAmount(rows[0][0]);
}

std::vector<v1::PriceSnapshot> ReadPrices(pqxx::work& tx)
{
    std::vector<v1::PriceSnapshot> prices;
    for (const auto& row : tx.exec(kPrices)) {
        auto& price = prices.emplace_back();
        price.set_snapshot(row["snapshot_id"].as<std::string>());
        price.set_asset(row["asset"].as<std::string>());
        price.set_price_usd_e8(row["price_usd_e8"].as<std::string>());
        price.set_source(row["source"].as<std::string>());
        price.set_fetched_at(row["fetched_at"].as<std::int64_t>());
    }
    return prices;
}

}  // namespace berth::operators
