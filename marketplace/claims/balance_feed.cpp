#include "marketplace/claims/balance_feed.hpp"

#include "marketplace/payments/price_store.hpp"

namespace berth::claims {
namespace {

struct Seen {
    std::map<std::string, Balance> balances;
    Time at;
};

}  // namespace

Result<BalanceFeed::Part> BalanceFeed::Pull(Deadline)
{
    const auto seen = database_.Transact<Seen>([&](pqxx::work& tx) -> Result<Seen> {
        return Seen{.balances = ReadBalances(tx, customer_id_), .at = payments::DatabaseNow(tx)};
    });
    if (!seen) return seen.error();
    Part part;
    for (const auto& [asset, balance] : seen->balances) {
        const auto told = told_.find(asset);
        if (told != told_.end() && told->second == balance) continue;
        auto& message = part.messages.emplace_back();
        message.set_asset(asset);
        message.set_unapplied(balance.unapplied.ToString());
        message.set_held(balance.held.ToString());
        message.set_time(seen->at.time_since_epoch().count());
    }
    told_ = seen->balances;
    return part;
}

}  // namespace berth::claims
