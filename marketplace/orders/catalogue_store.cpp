#include "marketplace/orders/catalogue.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "marketplace/db/values.hpp"

namespace berth::orders {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgeMax = 3s;
constexpr auto kAgeOfAMiss = 50ms;  // A plan that was made just now is found; a flood of wrong
                                    // names costs at most twenty reads a second.

constexpr auto kPlans = R"sql(
    SELECT plan, plans.paused OR operators.paused AS paused
    FROM plans JOIN operators USING (operator_id))sql";

constexpr auto kNewestPrice = R"sql(
    SELECT snapshot_id, price_usd_e8, fetched_at FROM price_snapshots
    WHERE asset = $1 ORDER BY fetched_at DESC LIMIT 1)sql";

Error PriceStale(const std::string& asset)
{
    return Fail(ErrorCode::kUnavailable, "PRICE_STALE",
                "There is no recent price of `" + asset + "`; it is set every few minutes.");
}

}  // namespace

Catalogue::Catalogue(db::Database& database, db::Listener& listener, const Settings& settings)
    : database_{database}, settings_{settings}
{
    subscription_ = listener.Subscribe("catalogue", [this] {
        const std::scoped_lock lock{mutex_};
        changed_ = true;
    });
}

Result<v1::Plan> Catalogue::FindPlan(const std::string& name)
{
    for (const auto age :
         {Deadline::Steady::duration{kAgeMax}, Deadline::Steady::duration{kAgeOfAMiss}}) {
        const auto content = Current(age);
        if (!content) return content.error();
        const auto found = (*content)->plans.find(name);
        if (found != (*content)->plans.end()) return found->second;
    }
    return Fail(ErrorCode::kNotFound, "UNKNOWN_PLAN", "There is no plan of that name.");
}

Result<std::vector<v1::Plan>> Catalogue::ListPlans()
{
    const auto content = Current(kAgeOfAMiss);
    if (!content) return content.error();
    std::vector<v1::Plan> plans;
    for (const auto& [name, plan] : (*content)->plans) {
        if (!plan.paused()) plans.push_back(plan);
    }
    return plans;
}

Result<money::Price> Catalogue::NewestPrice(const std::string& asset, Time now)
{
    for (const auto age :
         {Deadline::Steady::duration{kAgeMax}, Deadline::Steady::duration{kAgeOfAMiss}}) {
        const auto content = Current(age);
        if (!content) return content.error();
        const auto found = (*content)->prices.find(asset);
        if (found != (*content)->prices.end() &&
            found->second.fetched_at + settings_.price_age_max >= now) {
            return found->second.price;
        }
    }
    return PriceStale(asset);
}

Result<money::Price> Catalogue::LastPrice(const std::string& asset)
{
    const auto content = Current(kAgeMax);
    if (!content) return content.error();
    const auto found = (*content)->prices.find(asset);
    return found == (*content)->prices.end() ? money::Price{} : found->second.price;
}

Result<v1::Quote> Catalogue::PriceOf(const v1::Plan& plan, Time now)
{
    v1::Quote quote;
    quote.set_plan(plan.name());
    quote.set_setup_usd_micros(plan.setup_usd_micros());
    quote.set_monthly_usd_micros(plan.monthly_usd_micros());
    quote.set_expires_at((now + settings_.quote_term).time_since_epoch().count());
    const money::Amount total =
        money::Amount{plan.setup_usd_micros()} + money::Amount{plan.monthly_usd_micros()};
    for (const auto& rail : settings_.rails) {
        const auto price = NewestPrice(rail.asset, now);
        if (!price) return price.error();
        const auto asset = money::FindAsset(rail.asset);
        if (!asset) return asset.error();
        auto& due = *quote.add_due();
        due.set_rail(rail.rail);
        due.set_asset(rail.asset);
        due.set_price_snapshot(price->snapshot_id);
        due.set_amount(
            money::FromUsdMicros(total, *asset, *price, money::Rounding::kCeil).ToString());
    }
    return quote;
}

Result<Catalogue::Snapshot> Catalogue::Current(Deadline::Steady::duration age_max)
{
    {
        const std::scoped_lock lock{mutex_};
        if (content_ && !changed_ && Deadline::Steady::now() - loaded_at_ < age_max)
            return content_;
        changed_ = false;  // Before reading: a change during it is read the next time.
    }
    auto loaded = Load();
    const std::scoped_lock lock{mutex_};
    if (!loaded) {
        changed_ = true;
        return loaded;
    }
    content_ = *loaded;
    loaded_at_ = Deadline::Steady::now();
    return loaded;
}

Result<Catalogue::Snapshot> Catalogue::Load()
{
    return database_.Transact<Snapshot>([&](pqxx::work& tx) -> Result<Snapshot> {
        auto content = std::make_shared<Content>();
        for (const auto& row : tx.exec(kPlans)) {
            auto plan = db::ReadMessage<v1::Plan>(row["plan"]);
            plan.set_paused(row["paused"].as<bool>());
            content->plans.emplace(plan.name(), std::move(plan));
        }
        std::vector<std::string> assets{"uakt", "uact"};
        for (const auto& rail : settings_.rails) assets.push_back(rail.asset);
        for (const auto& asset : assets) {
            const auto rows = tx.exec_params(kNewestPrice, asset);
            if (rows.empty()) continue;
            content->prices.emplace(
                asset, PriceRow{.price = {.snapshot_id = rows[0]["snapshot_id"].as<std::string>(),
                                          .usd_e8 = db::ReadAmount(rows[0]["price_usd_e8"])},
                                .fetched_at = db::ReadTime(rows[0]["fetched_at"])});
        }
        return Snapshot{std::move(content)};
    });
}

}  // namespace berth::orders
