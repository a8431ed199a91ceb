#include <algorithm>
#include <optional>

#include "core/base/digest.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/orders/quotes.hpp"

namespace berth::orders {
namespace {

using std::chrono::microseconds;

constexpr int kMarksInATerm = 15;
constexpr std::size_t kIdDigits = 32;
constexpr std::string_view kCollection = "quotes/";

constexpr auto kFind = "SELECT quote FROM quotes WHERE quote_id = $1";

constexpr auto kKeep = R"sql(
    INSERT INTO quotes (quote_id, plan_id, setup_usd_micros, monthly_usd_micros, quote, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING)sql";

constexpr auto kForget = R"sql(
    DELETE FROM quotes WHERE quote_id IN (
        SELECT quote_id FROM quotes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2))sql";

Time EndOf(const v1::Quote& quote) { return Time{microseconds{quote.expires_at()}}; }

void Keep(pqxx::work& tx, const v1::Quote& quote)
{
    tx.exec_params0(kKeep, quote.name().substr(kCollection.size()), quote.plan(),
                    quote.setup_usd_micros(), quote.monthly_usd_micros(), db::ToBytes(quote),
                    db::ToSql(EndOf(quote)));
}

/// What a quote says, in one way only.
std::string Spelled(const v1::Quote& quote)
{
    auto text = quote.plan() + ' ' + std::to_string(quote.setup_usd_micros()) + ' ' +
                std::to_string(quote.monthly_usd_micros()) + ' ' +
                std::to_string(quote.expires_at());
    for (const auto& due : quote.due()) {
        text +=
            ' ' + due.rail() + ' ' + due.asset() + ' ' + due.amount() + ' ' + due.price_snapshot();
    }
    return text;
}

}  // namespace

v1::Quote Shared(v1::Quote price, microseconds term)
{
    const auto grain = std::max<std::int64_t>((term / kMarksInATerm).count(), 1);
    const auto past = price.expires_at() % grain;
    if (past > 0) price.set_expires_at(price.expires_at() - past + grain);
    price.set_name(std::string{kCollection} + ToHex(Sha256(Spelled(price))).substr(0, kIdDigits));
    return price;
}

bool Quotes::IsKept(const v1::Quote& quote)
{
    const std::scoped_lock lock{mutex_};
    const auto found = kept_.find(quote.plan());
    return found != kept_.end() && found->second == quote.name();
}

Result<v1::Quote> Quotes::Offer(const v1::Plan& plan, Time now)
{
    const auto price = catalogue_.PriceOf(plan, now);
    if (!price) return price.error();
    auto quote = Shared(*price, settings_.quote_term);
    if (IsKept(quote)) return quote;
    const auto kept = database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        Keep(tx, quote);
        return true;
    });
    if (!kept) return kept.error();
    const std::scoped_lock lock{mutex_};
    kept_[quote.plan()] = quote.name();
    return quote;
}

Result<v1::Quote> Quotes::Find(const std::string& quote_id, const v1::Plan& plan, Time now)
{
    const auto found = database_.Transact<std::optional<v1::Quote>>(
        [&](pqxx::work& tx) -> Result<std::optional<v1::Quote>> {
            const auto rows = tx.exec_params(kFind, quote_id);
            if (rows.empty()) return std::optional<v1::Quote>{};
            return std::optional{db::ReadMessage<v1::Quote>(rows[0][0])};
        });
    if (!found) return found.error();
    if (!*found || (*found)->plan() != plan.name()) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_QUOTE", "There is no such quote for this plan.");
    }
    if (EndOf(**found) <= now) {
        return Fail(ErrorCode::kPrecondition, "QUOTE_EXPIRED",
                    "The quote has expired; ask for a new one.");
    }
    return **found;
}

int ForgetQuotes(pqxx::work& tx, Time time, int limit)
{
    return static_cast<int>(tx.exec_params0(kForget, db::ToSql(time), limit).affected_rows());
}

}  // namespace berth::orders
