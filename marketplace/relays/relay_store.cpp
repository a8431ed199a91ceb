#include "marketplace/relays/relay_store.hpp"

#include "core/base/digest.hpp"
#include "marketplace/db/values.hpp"

namespace berth::relays {
namespace {

constexpr auto kFind = R"sql(
    SELECT relay_key, destination_tag FROM relays WHERE customer_id = $1 AND order_id = $2)sql";

constexpr auto kPut = R"sql(
    INSERT INTO relays (customer_id, order_id, relay_key, destination_tag)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (customer_id, order_id) DO UPDATE SET relay_key = excluded.relay_key)sql";

constexpr auto kClaim = R"sql(
    INSERT INTO unique_keys (key_hash, kind, owner_id) VALUES ($1, $2, $3)
    ON CONFLICT (key_hash) DO NOTHING)sql";
constexpr auto kOwner = R"sql(SELECT owner_id FROM unique_keys WHERE key_hash = $1)sql";
constexpr auto kGiveUp = R"sql(
    DELETE FROM unique_keys WHERE key_hash = $1 AND owner_id = $2)sql";

constexpr auto kReport = R"sql(
    INSERT INTO relay_revenues AS kept (customer_id, order_id, asset, received)
    VALUES ($1, $2, $3, $4::numeric)
    ON CONFLICT (customer_id, order_id, asset) DO UPDATE
        SET received = greatest(kept.received, excluded.received), reported_at = now()
    RETURNING received)sql";

constexpr auto kRevenue = R"sql(
    SELECT asset, sum(verified), sum(reported), sum(claims)
    FROM (SELECT asset, credited AS verified, 0 AS reported,
                 (SELECT count(*) FROM relay_claims
                  WHERE (relay_claims.customer_id, relay_claims.order_id, relay_claims.rail,
                         relay_claims.channel_id)
                        = (relay_channels.customer_id, relay_channels.order_id,
                           relay_channels.rail, relay_channels.channel_id)) AS claims
          FROM relay_channels WHERE customer_id = $1 AND order_id = $2
          UNION ALL
          SELECT asset, 0, received, 0
          FROM relay_revenues WHERE customer_id = $1 AND order_id = $2) AS parts
    GROUP BY asset ORDER BY asset)sql";

std::string KeyHash(const std::string& relay_key)
{
    return ToHex(Sha256("relay_key/" + relay_key));
}

/// Of a relay: both parts have a fixed width.
std::string OwnerId(const RelayRow& relay) { return relay.customer_id + relay.order_id; }

bool Claim(pqxx::work& tx, const std::string& hash, const std::string& kind,
           const std::string& owner)
{
    tx.exec_params0(kClaim, hash, kind, owner);
    return tx.exec_params1(kOwner, hash)[0].as<std::string>() == owner;
}

}  // namespace

std::optional<RelayRow> FindRelay(pqxx::transaction_base& tx, const std::string& customer_id,
                                  const std::string& order_id)
{
    const auto rows = tx.exec_params(kFind, customer_id, order_id);
    if (rows.empty()) return std::nullopt;
    return RelayRow{.customer_id = customer_id,
                    .order_id = order_id,
                    .relay_key = rows[0][0].as<std::string>(),
                    .destination_tag = rows[0][1].as<std::int64_t>()};
}

std::optional<RelayRow> FindRelayByKey(pqxx::transaction_base& tx, const std::string& relay_key)
{
    constexpr std::size_t kPubkeyDigits = 64;
    const auto rows = tx.exec_params(kOwner, KeyHash(relay_key));
    if (rows.empty()) return std::nullopt;
    const auto owner = rows[0][0].as<std::string>();
    return FindRelay(tx, owner.substr(0, kPubkeyDigits), owner.substr(kPubkeyDigits));
}

bool PutRelay(pqxx::work& tx, const RelayRow& relay)
{
    const auto before = FindRelay(tx, relay.customer_id, relay.order_id);
    if (!Claim(tx, KeyHash(relay.relay_key), "relay_key", OwnerId(relay))) return false;
    if (before && before->relay_key != relay.relay_key) {
        tx.exec_params0(kGiveUp, KeyHash(before->relay_key), OwnerId(relay));
    }
    tx.exec_params0(kPut, relay.customer_id, relay.order_id, relay.relay_key,
                    relay.destination_tag);
    return true;
}

bool ClaimTag(pqxx::work& tx, const std::string& payee, std::int64_t tag,
              const std::string& order_id)
{
    return Claim(tx, ToHex(Sha256("relay_tag/" + payee + '/' + std::to_string(tag))), "relay_tag",
                 order_id);
}

money::Amount KeepReport(pqxx::work& tx, const RelayRow& relay, const std::string& asset,
                         money::Amount received)
{
    return db::ReadAmount(
        tx.exec_params1(kReport, relay.customer_id, relay.order_id, asset, received.ToString())[0]);
}

std::vector<RevenueRow> ReadRevenue(pqxx::transaction_base& tx, const RelayRow& relay)
{
    std::vector<RevenueRow> revenue;
    for (const auto& row : tx.exec_params(kRevenue, relay.customer_id, relay.order_id)) {
        revenue.push_back({.asset = row[0].as<std::string>(),
                           .verified = db::ReadAmount(row[1]),
                           .reported = db::ReadAmount(row[2]),
                           .claims = row[3].as<std::int64_t>()});
    }
    return revenue;
}

}  // namespace berth::relays
