#include <set>

#include <pqxx/pqxx>

#include "core/base/assert.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/payments/channel_store.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::payments {
namespace {

constexpr auto kInsert = R"sql(
    INSERT INTO holds (customer_id, order_id, rail, channel_id, asset, amount, usd_micros,
                       snapshot_id, state)
    VALUES ($1, $2, $3, $4, $5, $6::numeric, $7, $8, 'held')
    ON CONFLICT (customer_id, order_id) DO NOTHING)sql";

constexpr auto kFind = R"sql(
    SELECT rail, channel_id, asset, amount, usd_micros, snapshot_id
    FROM holds WHERE customer_id = $1 AND order_id = $2 AND state = 'held')sql";

constexpr auto kEnd = R"sql(
    UPDATE holds SET state = $3 WHERE customer_id = $1 AND order_id = $2 AND state = 'held')sql";

struct Hold {
    ChannelRow channel;
    ledger::Worth worth;
};

/// Ends an order's hold, if one is held, with its channel locked; the channel's sums are the
/// caller's to move.
std::optional<Hold> EndHold(pqxx::work& tx, const ledger::Owner& owner, const char* state)
{
    const auto rows = tx.exec_params(kFind, owner.customer_id, owner.order_id);
    if (rows.empty()) return std::nullopt;
    const auto& row = rows[0];
    auto channel = LockChannel(tx, {.customer_id = owner.customer_id,
                                    .rail = row[0].as<std::string>(),
                                    .channel_id = row[1].as<std::string>()});
    BERTH_ASSERT(channel);
    const auto ended = tx.exec_params(kEnd, owner.customer_id, owner.order_id, state);
    if (ended.affected_rows() == 0) return std::nullopt;  // Ended while we waited for the channel.
    return Hold{.channel = std::move(*channel),
                .worth = {.asset = row[2].as<std::string>(),
                          .amount = db::ReadAmount(row[3]),
                          .usd_micros = row[4].as<std::int64_t>(),
                          .snapshot_id = row[5].as<std::string>()}};
}

}  // namespace

Result<void> TakeHold(pqxx::work& tx, const ChannelKey& key, const ledger::Owner& owner,
                      const ledger::Worth& worth, Time now)
{
    auto channel = LockChannel(tx, key);
    if (!channel || channel->asset != worth.asset || channel->unapplied < worth.amount) {
        return Fail(ErrorCode::kPrecondition, "CREDIT_TOO_LOW",
                    "The channel has less unapplied credit than the order needs.");
    }
    const auto held =
        tx.exec_params(kInsert, owner.customer_id, owner.order_id, key.rail, key.channel_id,
                       worth.asset, worth.amount.ToString(), worth.usd_micros, worth.snapshot_id);
    if (held.affected_rows() == 0) {
        return Fail(ErrorCode::kPrecondition, "HOLD_EXISTS", "The order had its hold already.");
    }
    channel->unapplied -= worth.amount;
    channel->held += worth.amount;
    SaveChannel(tx, *channel);
    ledger::PostHold(tx, owner, worth, now);
    db::Notify(tx, "balance/" + owner.customer_id);
    return {};
}

void LockHoldChannel(pqxx::work& tx, const std::string& customer_id, const std::string& order_id)
{
    LockHoldChannels(tx, {{customer_id, order_id}});
}

void LockHoldChannels(pqxx::work& tx,
                      const std::vector<std::pair<std::string, std::string>>& orders)
{
    std::set<ChannelKey> channels;
    for (const auto& [customer_id, order_id] : orders) {
        const auto rows = tx.exec_params(kFind, customer_id, order_id);
        if (rows.empty()) continue;
        channels.insert({.customer_id = customer_id,
                         .rail = rows[0][0].as<std::string>(),
                         .channel_id = rows[0][1].as<std::string>()});
    }
    for (const auto& key : channels) {
        const auto locked = LockChannel(tx, key);
        BERTH_ASSERT(locked);
    }
}

std::optional<ledger::Worth> ReleaseHold(pqxx::work& tx, const ledger::Owner& owner, Time now)
{
    auto hold = EndHold(tx, owner, "released");
    if (!hold) return std::nullopt;
    hold->channel.held -= hold->worth.amount;
    hold->channel.unapplied += hold->worth.amount;
    SaveChannel(tx, hold->channel);
    ledger::PostRelease(tx, owner, hold->worth, now);
    db::Notify(tx, "balance/" + owner.customer_id);
    return hold->worth;
}

Result<void> EarnHold(pqxx::work& tx, const ledger::Owner& owner, const ledger::ServicePrice& price,
                      Time now)
{
    auto hold = EndHold(tx, owner, "deferred");
    if (!hold) return Fail(ErrorCode::kPrecondition, "NO_HOLD", "The order holds no credit.");
    hold->channel.held -= hold->worth.amount;
    hold->channel.earned += hold->worth.amount;
    SaveChannel(tx, hold->channel);
    ledger::PostActivation(tx, owner, hold->worth, price, now);
    db::Notify(tx, "balance/" + owner.customer_id);
    return {};
}

}  // namespace berth::payments
