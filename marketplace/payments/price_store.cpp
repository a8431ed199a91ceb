#include "marketplace/payments/price_store.hpp"

#include <limits>

#include "marketplace/db/values.hpp"

namespace berth::payments {
namespace {

constexpr auto kNewestPrice = R"sql(
    SELECT snapshot_id, price_usd_e8 FROM price_snapshots
    WHERE asset = $1 ORDER BY fetched_at DESC LIMIT 1)sql";
constexpr auto kNow = R"sql(SELECT now())sql";

}  // namespace

std::optional<money::Price> NewestPrice(pqxx::transaction_base& tx, const std::string& asset)
{
    const auto rows = tx.exec_params(kNewestPrice, asset);
    if (rows.empty()) return std::nullopt;
    return money::Price{.snapshot_id = rows[0][0].as<std::string>(),
                        .usd_e8 = db::ReadAmount(rows[0][1])};
}

ledger::Worth WorthNow(pqxx::transaction_base& tx, const std::string& asset, money::Amount amount)
{
    ledger::Worth worth{.asset = asset, .amount = amount, .usd_micros = 0, .snapshot_id = ""};
    const auto known = money::FindAsset(asset);
    const auto price = NewestPrice(tx, asset);
    if (!known || !price) return worth;
    worth.snapshot_id = price->snapshot_id;
    const auto micros =
        money::ToUsdMicros(amount, *known, *price, money::Rounding::kFloor).ToInt64();
    worth.usd_micros = micros.value_or(std::numeric_limits<std::int64_t>::max());
    return worth;
}

Time DatabaseNow(pqxx::transaction_base& tx) { return db::ReadTime(tx.exec1(kNow)[0]); }

}  // namespace berth::payments
