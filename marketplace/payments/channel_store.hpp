#pragma once

#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::payments {

/// A row of `channels`: accepted = baseline + unapplied + held + earned.
struct ChannelRow {
    ChannelKey key;
    std::string network;
    std::string asset;
    std::string public_key;
    money::Amount capacity{};
    money::Amount redeemed{};
    money::Amount accepted{};
    money::Amount baseline{};
    money::Amount unapplied{};
    money::Amount held{};
    money::Amount earned{};
    std::chrono::seconds settle_delay{0};
    std::optional<Time> deadline{};
    std::string status = "open";  ///< `open`, `closing`, `closed`.
    std::int64_t observed_ledger = 0;
};

/// Reads and locks a channel for the rest of the transaction; nothing if the customer has none
/// such.
std::optional<ChannelRow> LockChannel(pqxx::work& tx, const ChannelKey& key);
std::optional<ChannelRow> FindChannel(pqxx::transaction_base& tx, const ChannelKey& key);
/// False when the customer has it already.
bool InsertChannel(pqxx::work& tx, const ChannelRow& channel);
/// Writes what may change of a locked channel: what the chain says, and the credit.
void SaveChannel(pqxx::work& tx, const ChannelRow& channel);

/// Claims the channel for its customer over all customers. False when somebody else has it.
bool ClaimChannelId(pqxx::work& tx, const ChannelKey& key);

}  // namespace berth::payments
