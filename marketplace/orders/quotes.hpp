#pragma once

#include <map>
#include <mutex>
#include <string>

#include "berth/v1/order_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/orders/catalogue.hpp"
#include "marketplace/orders/settings.hpp"

namespace berth::orders {

/// `price` as everybody gets it who asks within a fifteenth of `term`: it ends at the next such
/// mark, so it holds for `term` at least, and its name is a hash of what it says.
v1::Quote Shared(v1::Quote price, std::chrono::microseconds term);

/// Quotes that an order may name. Nobody has to sign in for one, so what is stored does not depend
/// on how many ask: a row for each plan, price and fifteenth of the term. Thread-safe.
class Quotes {
public:
    /// References have to outlive it.
    Quotes(db::Database& database, Catalogue& catalogue, const Settings& settings)
        : database_{database}, catalogue_{catalogue}, settings_{settings}
    {
    }
    /// What the plan costs who orders now; stored unless it was before.
    /// Errors: those of Catalogue::PriceOf and Database.
    Result<v1::Quote> Offer(const v1::Plan& plan, Time now);
    /// A quote by its id, for an order of `plan` at `now`.
    /// Errors: kNotFound `UNKNOWN_QUOTE`; kPrecondition `QUOTE_EXPIRED`; those of Database.
    Result<v1::Quote> Find(const std::string& quote_id, const v1::Plan& plan, Time now);

private:
    bool IsKept(const v1::Quote& quote);

    db::Database& database_;
    Catalogue& catalogue_;
    const Settings& settings_;
    std::mutex mutex_;
    std::map<std::string, std::string> kept_;  ///< The latest stored quote's name by plan.
};

/// Removes quotes that ended before `time`, the oldest first, `limit` at most; how many. Several
/// may do so at once.
int ForgetQuotes(pqxx::work& tx, Time time, int limit);

}  // namespace berth::orders
