#include "marketplace/ledger/entry.hpp"

#include "core/base/digest.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/ledger/calendar.hpp"

namespace berth::ledger {
namespace {

// The rollup moves only by the row that was really inserted.
constexpr auto kPost = R"sql(
    WITH posted AS (
        INSERT INTO entries (customer_id, entry_id, order_id, operator_id, kind, debit, credit,
                             asset, amount, usd_micros, snapshot_id, month, created_at,
                             period_from, period_to)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::numeric, $10::bigint, $11, $12,
               $13::timestamptz, $14::timestamptz, $15::timestamptz
        ON CONFLICT (customer_id, entry_id) DO NOTHING
        RETURNING customer_id, operator_id, month, debit, credit, usd_micros),
    rolled AS (
        INSERT INTO margins (customer_id, operator_id, month, revenue_usd_micros, fee_usd_micros,
                             payable_usd_micros, lease_cost_usd_micros, other_cost_usd_micros)
        SELECT customer_id, operator_id, month,
               usd_micros * ((credit = 'revenue')::int - (debit = 'revenue')::int),
               usd_micros * ((credit = 'marketplace_fee')::int - (debit = 'marketplace_fee')::int),
               usd_micros * ((credit = 'operator_payable')::int
                             - (debit = 'operator_payable')::int),
               usd_micros * ((debit = 'lease_cost')::int - (credit = 'lease_cost')::int),
               usd_micros * ((debit = 'network_fees')::int - (credit = 'network_fees')::int)
        FROM posted
        WHERE ARRAY[debit, credit] && ARRAY['revenue', 'marketplace_fee', 'operator_payable',
                                            'lease_cost', 'network_fees']
        ON CONFLICT (customer_id, operator_id, month) DO UPDATE SET
            revenue_usd_micros = margins.revenue_usd_micros + excluded.revenue_usd_micros,
            fee_usd_micros = margins.fee_usd_micros + excluded.fee_usd_micros,
            payable_usd_micros = margins.payable_usd_micros + excluded.payable_usd_micros,
            lease_cost_usd_micros = margins.lease_cost_usd_micros + excluded.lease_cost_usd_micros,
            other_cost_usd_micros = margins.other_cost_usd_micros + excluded.other_cost_usd_micros)
    SELECT count(*) FROM posted)sql";

constexpr auto kPostedMicros = R"sql(
    SELECT usd_micros FROM entries WHERE customer_id = $1 AND entry_id = $2)sql";

}  // namespace

std::string EntryId(const Owner& owner, std::string_view kind, std::string_view what)
{
    std::string name;
    for (const std::string_view part :
         {std::string_view{owner.customer_id}, std::string_view{owner.order_id}, kind, what}) {
        name.append(part).push_back('\0');
    }
    return ToHex(Sha256(name)).substr(0, 32);
}

bool Post(pqxx::work& tx, const Owner& owner, const Entry& entry)
{
    if (entry.worth.amount == money::Amount{}) return false;
    const auto posted = tx.exec_params1(
        kPost, owner.customer_id, EntryId(owner, entry.kind, entry.what), owner.order_id,
        owner.operator_id, std::string{entry.kind}, std::string{entry.debit.name},
        std::string{entry.credit.name}, entry.worth.asset, entry.worth.amount.ToString(),
        entry.worth.usd_micros, entry.worth.snapshot_id, MonthOf(entry.from.value_or(entry.time)),
        db::ToSql(entry.time), db::ToSql(entry.from), db::ToSql(entry.to));
    return posted[0].as<int>() == 1;
}

std::optional<std::int64_t> PostedMicros(pqxx::work& tx, const Owner& owner, std::string_view kind,
                                         std::string_view what)
{
    const auto rows = tx.exec_params(kPostedMicros, owner.customer_id, EntryId(owner, kind, what));
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::int64_t>();
}

Worth Dollars(std::int64_t usd_micros)
{
    return Worth{.asset = "usd", .amount = usd_micros, .usd_micros = usd_micros, .snapshot_id = ""};
}

}  // namespace berth::ledger
