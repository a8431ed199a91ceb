#include "marketplace/relays/relay_channel_store.hpp"

#include "core/base/assert.hpp"
#include "marketplace/db/values.hpp"

namespace berth::relays {
namespace {

constexpr auto kLock = R"sql(
    SELECT network, asset, public_key, capacity, redeemed, accepted, baseline, credited, nonce,
           observed_ledger
    FROM relay_channels
    WHERE customer_id = $1 AND order_id = $2 AND rail = $3 AND channel_id = $4 FOR UPDATE)sql";

constexpr auto kInsert = R"sql(
    INSERT INTO relay_channels (customer_id, order_id, rail, channel_id, network, asset,
                                public_key, capacity, redeemed, accepted, baseline,
                                observed_ledger)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9::numeric, $10::numeric, $10::numeric, $11)
    ON CONFLICT (customer_id, order_id, rail, channel_id) DO NOTHING)sql";

constexpr auto kSave = R"sql(
    UPDATE relay_channels SET capacity = $5::numeric, redeemed = $6::numeric,
        accepted = $7::numeric, credited = $8::numeric, nonce = $9::numeric,
        observed_at = CASE WHEN observed_ledger < $10 THEN now() ELSE observed_at END,
        observed_ledger = $10
    WHERE customer_id = $1 AND order_id = $2 AND rail = $3 AND channel_id = $4)sql";

constexpr auto kInsertClaim = R"sql(
    INSERT INTO relay_claims (customer_id, order_id, rail, channel_id, cumulative, nonce, credited,
                              accepted_before, signature, author, event_id)
    VALUES ($1, $2, $3, $4, $5::numeric, $6::numeric, $7::numeric, $8::numeric, $9, $10, $11))sql";

constexpr auto kFindClaim = R"sql(
    SELECT credited, accepted_before, signature, author, event_id FROM relay_claims
    WHERE customer_id = $1 AND order_id = $2 AND rail = $3 AND channel_id = $4
          AND cumulative = $5::numeric AND nonce = $6::numeric)sql";

}  // namespace

std::optional<RelayChannelRow> LockRelayChannel(pqxx::work& tx, const RelayChannelKey& key)
{
    const auto rows =
        tx.exec_params(kLock, key.customer_id, key.order_id, key.rail, key.channel_id);
    if (rows.empty()) return std::nullopt;
    const auto& row = rows[0];
    return RelayChannelRow{.key = key,
                           .network = row[0].as<std::string>(),
                           .asset = row[1].as<std::string>(),
                           .public_key = row[2].as<std::string>(),
                           .capacity = db::ReadAmount(row[3]),
                           .redeemed = db::ReadAmount(row[4]),
                           .accepted = db::ReadAmount(row[5]),
                           .baseline = db::ReadAmount(row[6]),
                           .credited = db::ReadAmount(row[7]),
                           .nonce = row[8].as<std::uint64_t>(),
                           .observed_ledger = row[9].as<std::int64_t>()};
}

void InsertRelayChannel(pqxx::work& tx, const RelayChannelRow& channel)
{
    const auto& key = channel.key;
    tx.exec_params0(kInsert, key.customer_id, key.order_id, key.rail, key.channel_id,
                    channel.network, channel.asset, channel.public_key, channel.capacity.ToString(),
                    channel.redeemed.ToString(), channel.baseline.ToString(),
                    channel.observed_ledger);
}

void SaveRelayChannel(pqxx::work& tx, const RelayChannelRow& channel)
{
    const auto& key = channel.key;
    const auto done = tx.exec_params(kSave, key.customer_id, key.order_id, key.rail, key.channel_id,
                                     channel.capacity.ToString(), channel.redeemed.ToString(),
                                     channel.accepted.ToString(), channel.credited.ToString(),
                                     std::to_string(channel.nonce), channel.observed_ledger);
    BERTH_ASSERT(done.affected_rows() == 1);
}

void InsertRelayClaim(pqxx::work& tx, const RelayClaimRow& claim)
{
    const auto& key = claim.channel;
    tx.exec_params0(kInsertClaim, key.customer_id, key.order_id, key.rail, key.channel_id,
                    claim.cumulative.ToString(), std::to_string(claim.nonce),
                    claim.credited.ToString(), claim.accepted_before.ToString(), claim.signature,
                    claim.author, claim.event_id);
}

std::optional<RelayClaimRow> FindRelayClaim(pqxx::transaction_base& tx, const RelayChannelKey& key,
                                            money::Amount cumulative, std::uint64_t nonce)
{
    const auto rows = tx.exec_params(kFindClaim, key.customer_id, key.order_id, key.rail,
                                     key.channel_id, cumulative.ToString(), std::to_string(nonce));
    if (rows.empty()) return std::nullopt;
    return RelayClaimRow{.channel = key,
                         .cumulative = cumulative,
                         .nonce = nonce,
                         .credited = db::ReadAmount(rows[0][0]),
                         .accepted_before = db::ReadAmount(rows[0][1]),
                         .signature = rows[0][2].as<std::string>(),
                         .author = rows[0][3].as<std::string>(),
                         .event_id = rows[0][4].as<std::string>()};
}

}  // namespace berth::relays
