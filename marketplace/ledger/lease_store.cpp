#include <pqxx/pqxx>

#include "core/base/assert.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/ledger/accrual.hpp"
#include "marketplace/ledger/books.hpp"
#include "marketplace/ledger/entry.hpp"

namespace berth::ledger {
namespace {

constexpr auto kLockLease = R"sql(
    SELECT accrued_height, accrued_e18, posted_amount, worth_e8, posted_micros, gseq, oseq,
           coalesce(closed_height, 9223372036854775807)
    FROM leases WHERE customer_id = $1 AND order_id = $2 AND dseq = $3::numeric
    ORDER BY gseq, oseq LIMIT 1 FOR UPDATE)sql";

constexpr auto kSaveLease = R"sql(
    UPDATE leases SET accrued_height = $6, accrued_e18 = $7::numeric, posted_amount = $8::numeric,
                      worth_e8 = $9::numeric, posted_micros = $10
    WHERE customer_id = $1 AND order_id = $2 AND dseq = $3::numeric
          AND gseq = $4 AND oseq = $5)sql";

constexpr auto kDeposited = R"sql(
    SELECT coalesce(sum(amount), 0) FROM entries
    WHERE customer_id = $1 AND order_id = $2 AND kind = 'escrow_deposit')sql";

struct LeaseRow {
    LeaseAccount account;
    int gseq = 0;
    int oseq = 0;
    std::int64_t last_height = 0;  ///< Nothing is owed after it.
};

std::optional<LeaseRow> LockLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq)
{
    const auto rows =
        tx.exec_params(kLockLease, owner.customer_id, owner.order_id, std::to_string(dseq));
    if (rows.empty()) return std::nullopt;
    const auto& row = rows[0];
    return LeaseRow{.account = {.height = row[0].as<std::int64_t>(),
                                .accrued_e18 = db::ReadAmount(row[1]),
                                .posted = db::ReadAmount(row[2]),
                                .worth_e8 = db::ReadAmount(row[3]),
                                .posted_usd_micros = row[4].as<std::int64_t>()},
                    .gseq = row[5].as<int>(),
                    .oseq = row[6].as<int>(),
                    .last_height = row[7].as<std::int64_t>()};
}

void SaveLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq, const LeaseRow& row)
{
    tx.exec_params0(kSaveLease, owner.customer_id, owner.order_id, std::to_string(dseq), row.gseq,
                    row.oseq, row.account.height, row.account.accrued_e18.ToString(),
                    row.account.posted.ToString(), row.account.worth_e8.ToString(),
                    row.account.posted_usd_micros);
}

money::Asset AssetOf(const std::string& code)
{
    const auto asset = money::FindAsset(code);
    BERTH_ASSERT(asset);
    return *asset;
}

/// The row of a change: a cost, or the reversal of one.
Entry RowOf(std::string_view kind, const LeaseChange& change, const std::string& asset)
{
    const bool back = change.amount.negative();
    return {.kind = kind,
            .what = "",
            .debit = back ? kLeaseEscrow : kLeaseCost,
            .credit = back ? kLeaseCost : kLeaseEscrow,
            .worth = {.asset = asset,
                      .amount = back ? -change.amount : change.amount,
                      .usd_micros = back ? -change.usd_micros : change.usd_micros,
                      .snapshot_id = ""},
            .time = {}};
}

}  // namespace

std::int64_t AccrueLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq,
                         const LeaseCost& cost, Time now)
{
    auto lease = LockLease(tx, owner, dseq);
    if (!lease) return 0;
    const auto height = std::min(cost.height, lease->last_height);
    const auto change = Accrue(lease->account, height, cost.rate_e18, AssetOf(cost.asset),
                               {.snapshot_id = cost.snapshot_id, .usd_e8 = cost.price_usd_e8});
    auto entry = RowOf(kind::kLease, change, cost.asset);
    entry.what = std::to_string(dseq) + ':' + std::to_string(lease->account.height);
    entry.worth.snapshot_id = cost.snapshot_id;
    entry.time = now;
    Post(tx, owner, entry);
    SaveLease(tx, owner, dseq, *lease);
    return change.usd_micros;
}

std::int64_t TrueUpLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq,
                         const LeaseSettlement& settlement, Time now)
{
    auto lease = LockLease(tx, owner, dseq);
    if (!lease) return 0;
    const auto change =
        TrueUp(lease->account, settlement.height, settlement.amount, AssetOf(settlement.asset),
               {.snapshot_id = settlement.snapshot_id, .usd_e8 = settlement.price_usd_e8});
    auto entry = RowOf(kind::kLeaseTrueUp, change, settlement.asset);
    entry.what = std::to_string(dseq) + ':' + std::to_string(settlement.height) + ':' +
                 settlement.amount.ToString();
    entry.worth.snapshot_id = settlement.snapshot_id;
    entry.time = now;
    Post(tx, owner, entry);
    SaveLease(tx, owner, dseq, *lease);
    return change.usd_micros;
}

money::Amount DepositedFor(pqxx::transaction_base& tx, const Owner& owner)
{
    return db::ReadAmount(tx.exec_params1(kDeposited, owner.customer_id, owner.order_id)[0]);
}

}  // namespace berth::ledger
