#pragma once

#include <map>
#include <string>

#include "berth/v1/payment_service.pb.h"
#include "marketplace/call/feed.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/db/database.hpp"

namespace berth::claims {

/// A customer's balance by asset: all of it at first, then what changed.
class BalanceFeed final : public call::Feed<v1::WatchBalanceResponse> {
public:
    BalanceFeed(db::Database& database, std::string customer_id)
        : database_{database}, customer_id_{std::move(customer_id)}
    {
    }

    std::string Topic() const override { return "balance/" + customer_id_; }
    Result<Part> Pull(Deadline deadline) override;

private:
    db::Database& database_;
    const std::string customer_id_;
    std::map<std::string, Balance> told_;
};

}  // namespace berth::claims
