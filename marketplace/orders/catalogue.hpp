#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "berth/v1/order_service.pb.h"
#include "berth/v1/types.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/conversion.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/orders/settings.hpp"

namespace berth::orders {

/// Plans and newest prices, kept in memory: read again when somebody notifies the topic
/// `catalogue`, when something is missing, and every few seconds. Thread-safe.
class Catalogue {
public:
    Catalogue(db::Database& database, db::Listener& listener, const Settings& settings);

    /// A plan by `plans/{id}`; `paused` is set where the plan or its operator is paused.
    /// Errors: kNotFound `UNKNOWN_PLAN`; kUnavailable `DATABASE_UNAVAILABLE`.
    Result<v1::Plan> FindPlan(const std::string& name);
    /// Plans by name, those that are not paused.
    Result<std::vector<v1::Plan>> ListPlans();
    /// The newest price of an asset of money::FindAsset, unless it is older than allowed.
    /// Errors: kUnavailable `PRICE_STALE`, `DATABASE_UNAVAILABLE`.
    Result<money::Price> NewestPrice(const std::string& asset, Time now);
    /// The same however old; zero where there is none.
    Result<money::Price> LastPrice(const std::string& asset);

    /// The price of a plan at `now`, and what is due on each rail: setup and the first month,
    /// rounded up. Has no name yet. Errors: those of NewestPrice.
    Result<v1::Quote> PriceOf(const v1::Plan& plan, Time now);

private:
    struct PriceRow {
        money::Price price;
        Time fetched_at;
    };
    struct Content {
        std::map<std::string, v1::Plan> plans;
        std::map<std::string, PriceRow> prices;
    };
    using Snapshot = std::shared_ptr<const Content>;

    /// What is known; read again if it was changed, is old, or is older than `newer_than` asks for.
    Result<Snapshot> Current(Deadline::Steady::duration age_max);
    Result<Snapshot> Load();

    db::Database& database_;
    const Settings& settings_;
    std::mutex mutex_;
    Snapshot content_;
    Deadline::Steady::time_point loaded_at_;
    bool changed_ = true;
    std::shared_ptr<db::Listener::Subscription> subscription_;
};

}  // namespace berth::orders
