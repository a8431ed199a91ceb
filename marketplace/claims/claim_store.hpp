#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"
#include "core/nostr/event.hpp"
#include "core/rails/claim.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::claims {

/// Serialised answer of an accepted event; nothing where it was not accepted yet.
std::optional<std::string> FindAnswer(pqxx::transaction_base& tx, const std::string& customer_id,
                                      const std::string& event_id);
/// Keeps an accepted event with its answer. False when it is there already.
bool KeepAnswer(pqxx::work& tx, const nostr::Event& event, const std::string& answer);
/// Makes the customer known.
void KeepCustomer(pqxx::work& tx, const std::string& customer_id);

/// A row of `claims`.
struct ClaimRow {
    payments::ChannelKey channel;
    money::Amount cumulative{};
    money::Amount credited{};
    std::string signature{};
    std::string order_id{};  ///< Empty when it named none.
    std::string event_id{};
    Time accepted_at{};
};

void InsertClaim(pqxx::work& tx, const ClaimRow& claim);
/// The order that the accepted claim of this amount named; nothing where there is no such claim.
std::optional<std::string> OrderOfClaim(pqxx::transaction_base& tx,
                                        const payments::ChannelKey& channel,
                                        money::Amount cumulative);

/// Where a page of claims begins, exclusively.
struct ClaimPosition {
    Time accepted_at;
    std::string channel_id;
    money::Amount cumulative{};
};
/// A customer's claims before `position`, newest first, `limit` at most.
std::vector<ClaimRow> ListClaims(pqxx::transaction_base& tx, const std::string& customer_id,
                                 const ClaimPosition& position, int limit);

struct Balance {
    money::Amount unapplied{};
    money::Amount held{};

    bool operator==(const Balance&) const = default;
};
/// Sums over a customer's channels, by asset.
std::map<std::string, Balance> ReadBalances(pqxx::transaction_base& tx,
                                            const std::string& customer_id);

}  // namespace berth::claims
