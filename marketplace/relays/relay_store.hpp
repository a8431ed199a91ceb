#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "core/money/amount.hpp"

namespace berth::relays {

/// A row of `relays`.
struct RelayRow {
    std::string customer_id;  ///< The owner.
    std::string order_id;
    std::string relay_key;  ///< Public key, hex.
    std::int64_t destination_tag = 0;
};

std::optional<RelayRow> FindRelay(pqxx::transaction_base& tx, const std::string& customer_id,
                                  const std::string& order_id);
/// The relay whose key this is now; nothing for any other key.
std::optional<RelayRow> FindRelayByKey(pqxx::transaction_base& tx, const std::string& relay_key);
/// Writes a relay, or gives one that is there another key. The key is claimed over all relays
/// before, and the former one is given up. False when the key is another relay's.
bool PutRelay(pqxx::work& tx, const RelayRow& relay);
/// Claims a destination tag of `payee` for an order. False when it is another's.
bool ClaimTag(pqxx::work& tx, const std::string& payee, std::int64_t tag,
              const std::string& order_id);

/// Keeps what a relay reports of an asset, if it is more than before; returns what is kept.
money::Amount KeepReport(pqxx::work& tx, const RelayRow& relay, const std::string& asset,
                         money::Amount received);

/// What a relay took in one asset.
struct RevenueRow {
    std::string asset;
    money::Amount verified{};
    money::Amount reported{};
    std::int64_t claims = 0;
};
std::vector<RevenueRow> ReadRevenue(pqxx::transaction_base& tx, const RelayRow& relay);

}  // namespace berth::relays
