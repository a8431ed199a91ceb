#pragma once

#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"
#include "marketplace/ledger/books.hpp"

namespace berth::payments {

/// A channel by its primary key.
struct ChannelKey {
    std::string customer_id;
    std::string rail;
    std::string channel_id;

    auto operator<=>(const ChannelKey&) const = default;
};

/// Takes `worth` from a channel's unapplied credit for an order. The channel's row is locked by
/// this call (lock order: channels, then orders, then jobs). Errors: kPrecondition
/// `CREDIT_TOO_LOW`, `HOLD_EXISTS` (an order takes one hold in its life).
Result<void> TakeHold(pqxx::work& tx, const ChannelKey& channel, const ledger::Owner& owner,
                      const ledger::Worth& worth, Time now);
/// Locks the channel of an order's hold, if it has one: for who will release or earn it, before he
/// locks the order, so that the lock order holds.
void LockHoldChannel(pqxx::work& tx, const std::string& customer_id, const std::string& order_id);
/// The same for many orders (customer and order id), the channels by their ids.
void LockHoldChannels(pqxx::work& tx,
                      const std::vector<std::pair<std::string, std::string>>& orders);
/// Gives an order's hold back to unapplied credit; nothing where none is held. Returns what went
/// back.
std::optional<ledger::Worth> ReleaseHold(pqxx::work& tx, const ledger::Owner& owner, Time now);
/// Turns an order's hold into earned credit and deferred revenue, and recognises the setup price.
/// Errors: kPrecondition `NO_HOLD`.
Result<void> EarnHold(pqxx::work& tx, const ledger::Owner& owner, const ledger::ServicePrice& price,
                      Time now);

}  // namespace berth::payments
