#include <pqxx/pqxx>

#include "marketplace/db/values.hpp"
#include "marketplace/ledger/books.hpp"
#include "marketplace/ledger/calendar.hpp"
#include "marketplace/ledger/entry.hpp"
#include "marketplace/ledger/recognition.hpp"

namespace berth::ledger {
namespace {

constexpr auto kStart = R"sql(
    INSERT INTO recognitions (customer_id, order_id, started, through)
    VALUES ($1, $2, $3::timestamptz, $3::timestamptz)
    ON CONFLICT (customer_id, order_id) DO NOTHING)sql";

constexpr auto kLockProgress = R"sql(
    SELECT started, through, posted_micros FROM recognitions
    WHERE customer_id = $1 AND order_id = $2 FOR UPDATE)sql";

constexpr auto kAdvance = R"sql(
    UPDATE recognitions SET through = $3::timestamptz,
                            posted_micros = posted_micros + $4
    WHERE customer_id = $1 AND order_id = $2)sql";

/// What a recognition is for: `kind` and `what` make the ids of its three entries.
struct Earned {
    std::string_view kind;
    std::string what;
    std::int64_t usd_micros = 0;
    std::int64_t fee_usd_micros = 0;
    Time time;
    std::optional<Time> from = std::nullopt;
    std::optional<Time> to = std::nullopt;
};

/// Revenue, the operator's share of it and the marketplace's fee: three rows, together.
void PostRevenue(pqxx::work& tx, const Owner& owner, const Earned& earned)
{
    const auto what = std::string{earned.kind} + ':' + earned.what;
    const auto row = [&](std::string_view kind, Account debit, Account credit, std::int64_t usd) {
        Post(tx, owner,
             {.kind = kind,
              .what = what,
              .debit = debit,
              .credit = credit,
              .worth = Dollars(usd),
              .time = earned.time,
              .from = earned.from,
              .to = earned.to});
    };
    row(earned.kind, kDeferredRevenue, kRevenue, earned.usd_micros);
    row(kind::kOperatorShare, kRevenueShare, kOperatorPayable,
        earned.usd_micros - earned.fee_usd_micros);
    row(kind::kFee, kRevenueShare, kMarketplaceFee, earned.fee_usd_micros);
}

std::optional<HostingProgress> LockProgress(pqxx::work& tx, const Owner& owner)
{
    const auto rows = tx.exec_params(kLockProgress, owner.customer_id, owner.order_id);
    if (rows.empty()) return std::nullopt;
    return HostingProgress{.started = db::ReadTime(rows[0][0]),
                           .through = db::ReadTime(rows[0][1]),
                           .posted_usd_micros = rows[0][2].as<std::int64_t>()};
}

std::int64_t SetupOf(const ServicePrice& price, std::int64_t deferred)
{
    return std::min(price.setup_usd_micros, deferred);
}

}  // namespace

void PostActivation(pqxx::work& tx, const Owner& owner, const Worth& hold,
                    const ServicePrice& price, Time now)
{
    Post(tx, owner,
         {.kind = kind::kSale,
          .what = "",
          .debit = kHeldCredit,
          .credit = kSoldCredit,
          .worth = hold,
          .time = now});
    Post(tx, owner,
         {.kind = kind::kDeferral,
          .what = "",
          .debit = kReceivable,
          .credit = kDeferredRevenue,
          .worth = Dollars(hold.usd_micros),
          .time = now});
    const auto setup = SetupOf(price, hold.usd_micros);
    PostRevenue(tx, owner,
                {.kind = kind::kSetup,
                 .what = "",
                 .usd_micros = setup,
                 .fee_usd_micros = ShareOf(setup, price.marketplace_fee_bps),
                 .time = now});
    tx.exec_params0(kStart, owner.customer_id, owner.order_id, db::ToSql(now));
}

std::int64_t Recognise(pqxx::work& tx, const Owner& owner, const ServicePrice& price, Time through)
{
    const auto progress = LockProgress(tx, owner);
    if (!progress || through <= progress->through) return 0;
    const auto deferred = PostedMicros(tx, owner, kind::kDeferral, "").value_or(0);
    const HostingTerms terms{.monthly_usd_micros = price.monthly_usd_micros,
                             .deferred_usd_micros = deferred - SetupOf(price, deferred)};
    auto posted = progress->posted_usd_micros;
    for (const auto& period : HostingPeriods(*progress, terms, through)) {
        const auto fee = ShareOf(posted + period.usd_micros, price.marketplace_fee_bps) -
                         ShareOf(posted, price.marketplace_fee_bps);
        PostRevenue(tx, owner,
                    {.kind = kind::kHosting,
                     .what = std::to_string(period.from.time_since_epoch().count()),
                     .usd_micros = period.usd_micros,
                     .fee_usd_micros = fee,
                     .time = through,
                     .from = period.from,
                     .to = period.to});
        posted += period.usd_micros;
    }
    tx.exec_params0(kAdvance, owner.customer_id, owner.order_id, db::ToSql(through),
                    posted - progress->posted_usd_micros);
    return posted - progress->posted_usd_micros;
}

std::int64_t ForfeitRest(pqxx::work& tx, const Owner& owner, const ServicePrice& price, Time now)
{
    const auto progress = LockProgress(tx, owner);
    if (!progress) return 0;
    const auto deferred = PostedMicros(tx, owner, kind::kDeferral, "").value_or(0);
    const auto posted = progress->posted_usd_micros;
    const auto rest = deferred - SetupOf(price, deferred) - posted;
    if (rest <= 0) return 0;
    const auto fee = ShareOf(posted + rest, price.marketplace_fee_bps) -
                     ShareOf(posted, price.marketplace_fee_bps);
    PostRevenue(tx, owner,
                {.kind = kind::kForfeited,
                 .what = "",
                 .usd_micros = rest,
                 .fee_usd_micros = fee,
                 .time = now});
    tx.exec_params0(kAdvance, owner.customer_id, owner.order_id,
                    db::ToSql(std::max(now, progress->through)), rest);
    return rest;
}

}  // namespace berth::ledger
