#include "marketplace/payments/channel_store.hpp"

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "marketplace/db/values.hpp"

namespace berth::payments {
namespace {

constexpr auto kFind = R"sql(
    SELECT network, asset, public_key, capacity, redeemed, accepted, baseline, unapplied, held,
           earned, settle_delay, deadline, status,
           observed_ledger
    FROM channels WHERE customer_id = $1 AND rail = $2 AND channel_id = $3)sql";

constexpr auto kLock = R"sql(
    SELECT network, asset, public_key, capacity, redeemed, accepted, baseline, unapplied, held,
           earned, settle_delay, deadline, status,
           observed_ledger
    FROM channels WHERE customer_id = $1 AND rail = $2 AND channel_id = $3 FOR UPDATE)sql";

constexpr auto kInsert = R"sql(
    INSERT INTO channels (customer_id, rail, channel_id, network, asset, public_key, capacity,
                          redeemed, accepted, baseline, settle_delay, deadline, status,
                          observed_ledger)
    VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8::numeric, $9::numeric, $9::numeric, $10,
            $11::timestamptz, $12, $13)
    ON CONFLICT (customer_id, rail, channel_id) DO NOTHING)sql";

constexpr auto kSave = R"sql(
    UPDATE channels SET capacity = $4::numeric, redeemed = $5::numeric, accepted = $6::numeric,
        unapplied = $7::numeric, held = $8::numeric, earned = $9::numeric, settle_delay = $10,
        deadline = $11::timestamptz,
        status = $12, observed_at = CASE WHEN observed_ledger < $13 THEN now() ELSE observed_at END,
        observed_ledger = $13
    WHERE customer_id = $1 AND rail = $2 AND channel_id = $3)sql";

constexpr auto kClaimId = R"sql(
    INSERT INTO unique_keys (key_hash, kind, owner_id) VALUES ($1, 'channel', $2)
    ON CONFLICT (key_hash) DO NOTHING)sql";
constexpr auto kOwnerOfId = R"sql(SELECT owner_id FROM unique_keys WHERE key_hash = $1)sql";

std::optional<ChannelRow> ReadOne(pqxx::transaction_base& tx, const char* query,
                                  const ChannelKey& key)
{
    const auto rows = tx.exec_params(query, key.customer_id, key.rail, key.channel_id);
    if (rows.empty()) return std::nullopt;
    const auto& row = rows[0];
    return ChannelRow{.key = key,
                      .network = row[0].as<std::string>(),
                      .asset = row[1].as<std::string>(),
                      .public_key = row[2].as<std::string>(),
                      .capacity = db::ReadAmount(row[3]),
                      .redeemed = db::ReadAmount(row[4]),
                      .accepted = db::ReadAmount(row[5]),
                      .baseline = db::ReadAmount(row[6]),
                      .unapplied = db::ReadAmount(row[7]),
                      .held = db::ReadAmount(row[8]),
                      .earned = db::ReadAmount(row[9]),
                      .settle_delay = std::chrono::seconds{row[10].as<std::int64_t>()},
                      .deadline = db::ReadOptionalTime(row[11]),
                      .status = row[12].as<std::string>(),
                      .observed_ledger = row[13].as<std::int64_t>()};
}

}  // namespace

std::optional<ChannelRow> LockChannel(pqxx::work& tx, const ChannelKey& key)
{
    return ReadOne(tx, kLock, key);
}

std::optional<ChannelRow> FindChannel(pqxx::transaction_base& tx, const ChannelKey& key)
{
    return ReadOne(tx, kFind, key);
}

bool InsertChannel(pqxx::work& tx, const ChannelRow& channel)
{
    const auto& key = channel.key;
    const auto done = tx.exec_params(
        kInsert, key.customer_id, key.rail, key.channel_id, channel.network, channel.asset,
        channel.public_key, channel.capacity.ToString(), channel.redeemed.ToString(),
        channel.baseline.ToString(), channel.settle_delay.count(), db::ToSql(channel.deadline),
        channel.status, channel.observed_ledger);
    return done.affected_rows() == 1;
}

void SaveChannel(pqxx::work& tx, const ChannelRow& channel)
{
    const auto& key = channel.key;
    const auto done = tx.exec_params(
        kSave, key.customer_id, key.rail, key.channel_id, channel.capacity.ToString(),
        channel.redeemed.ToString(), channel.accepted.ToString(), channel.unapplied.ToString(),
        channel.held.ToString(), channel.earned.ToString(), channel.settle_delay.count(),
        db::ToSql(channel.deadline), channel.status, channel.observed_ledger);
    BERTH_ASSERT(done.affected_rows() == 1);
}

bool ClaimChannelId(pqxx::work& tx, const ChannelKey& key)
{
    const auto hash = ToHex(Sha256("channel/" + key.rail + '/' + key.channel_id));
    tx.exec_params0(kClaimId, hash, key.customer_id);
    return tx.exec_params1(kOwnerOfId, hash)[0].as<std::string>() == key.customer_id;
}

}  // namespace berth::payments
