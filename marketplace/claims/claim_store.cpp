#include "marketplace/claims/claim_store.hpp"

#include "marketplace/db/values.hpp"

namespace berth::claims {
namespace {

constexpr auto kFindAnswer = R"sql(
    SELECT answer FROM signed_events WHERE customer_id = $1 AND event_id = $2)sql";

constexpr auto kKeepAnswer = R"sql(
    INSERT INTO signed_events (customer_id, event_id, kind, event, answer)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer_id, event_id) DO NOTHING)sql";

constexpr auto kKeepCustomer = R"sql(
    INSERT INTO customers (customer_id) VALUES ($1) ON CONFLICT (customer_id) DO NOTHING)sql";

constexpr auto kInsertClaim = R"sql(
    INSERT INTO claims (customer_id, rail, channel_id, cumulative, credited, signature, order_id,
                        event_id)
    VALUES ($1, $2, $3, $4::numeric, $5::numeric, $6, $7, $8))sql";

constexpr auto kOrderOfClaim = R"sql(
    SELECT order_id FROM claims
    WHERE customer_id = $1 AND rail = $2 AND channel_id = $3 AND cumulative = $4::numeric)sql";

constexpr auto kListClaims = R"sql(
    SELECT rail, channel_id, cumulative, credited, order_id, accepted_at FROM claims
    WHERE customer_id = $1 AND (accepted_at, channel_id, cumulative)
                               < ($2::timestamptz, $3, $4::numeric)
    ORDER BY accepted_at DESC, channel_id DESC, cumulative DESC LIMIT $5)sql";

constexpr auto kBalances = R"sql(
    SELECT asset, sum(unapplied), sum(held) FROM channels WHERE customer_id = $1
    GROUP BY asset)sql";

}  // namespace

std::optional<std::string> FindAnswer(pqxx::transaction_base& tx, const std::string& customer_id,
                                      const std::string& event_id)
{
    const auto rows = tx.exec_params(kFindAnswer, customer_id, event_id);
    if (rows.empty()) return std::nullopt;
    return db::ReadBytes(rows[0][0]);
}

bool KeepAnswer(pqxx::work& tx, const nostr::Event& event, const std::string& answer)
{
    const auto kept = tx.exec_params(kKeepAnswer, event.pubkey, event.id, event.kind,
                                     nostr::ToJson(event), db::ToBytes(answer));
    return kept.affected_rows() == 1;
}

void KeepCustomer(pqxx::work& tx, const std::string& customer_id)
{
    tx.exec_params0(kKeepCustomer, customer_id);
}

void InsertClaim(pqxx::work& tx, const ClaimRow& claim)
{
    tx.exec_params0(kInsertClaim, claim.channel.customer_id, claim.channel.rail,
                    claim.channel.channel_id, claim.cumulative.ToString(),
                    claim.credited.ToString(), claim.signature, claim.order_id, claim.event_id);
}

std::optional<std::string> OrderOfClaim(pqxx::transaction_base& tx,
                                        const payments::ChannelKey& channel,
                                        money::Amount cumulative)
{
    const auto rows = tx.exec_params(kOrderOfClaim, channel.customer_id, channel.rail,
                                     channel.channel_id, cumulative.ToString());
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

std::vector<ClaimRow> ListClaims(pqxx::transaction_base& tx, const std::string& customer_id,
                                 const ClaimPosition& position, int limit)
{
    std::vector<ClaimRow> claims;
    for (const auto& row :
         tx.exec_params(kListClaims, customer_id, db::ToSql(position.accepted_at),
                        position.channel_id, position.cumulative.ToString(), limit)) {
        claims.push_back({.channel = {.customer_id = customer_id,
                                      .rail = row[0].as<std::string>(),
                                      .channel_id = row[1].as<std::string>()},
                          .cumulative = db::ReadAmount(row[2]),
                          .credited = db::ReadAmount(row[3]),
                          .order_id = row[4].as<std::string>(),
                          .accepted_at = db::ReadTime(row[5])});
    }
    return claims;
}

std::map<std::string, Balance> ReadBalances(pqxx::transaction_base& tx,
                                            const std::string& customer_id)
{
    std::map<std::string, Balance> balances;
    for (const auto& row : tx.exec_params(kBalances, customer_id)) {
        balances.emplace(row[0].as<std::string>(), Balance{.unapplied = db::ReadAmount(row[1]),
                                                           .held = db::ReadAmount(row[2])});
    }
    return balances;
}

}  // namespace berth::claims
