#pragma once

#include <cstdint>

#include "berth/v1/order_service.pb.h"
#include "marketplace/call/feed.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/orders/order.hpp"

namespace berth::orders {

/// The stream of an order: its snapshot, then every event after a number, without gaps and once
/// each. Ends after the event that led into a final state.
class OrderWatch final : public call::Feed<v1::WatchOrderResponse> {
public:
    /// `database` has to outlive it.
    OrderWatch(db::Database& database, const OrderRow& order, std::uint64_t resume_after)
        : database_{database}, order_{order}, seen_{resume_after}
    {
    }

    std::string Topic() const override { return "orders/" + order_.order_id; }
    Result<Part> Pull(Deadline deadline) override;

private:
    db::Database& database_;
    OrderRow order_;
    std::uint64_t seen_;
    bool shown_ = false;
};

}  // namespace berth::orders
