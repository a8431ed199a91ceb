#include "marketplace/orders/order_watch.hpp"

#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/state_table.hpp"

namespace berth::orders {
namespace {

constexpr int kEventsMax = 100;

}  // namespace

Result<OrderWatch::Part> OrderWatch::Pull(Deadline)
{
    return database_.Transact<Part>([&](pqxx::work& tx) -> Result<Part> {
        const auto now = FindOrder(tx, order_.order_id);
        if (!now) return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "The order is gone.");
        Part part;
        if (!shown_) *part.messages.emplace_back().mutable_snapshot() = ToProto(*now);
        auto events = EventsAfter(tx, *now, seen_, kEventsMax);
        const auto newest = events.empty() ? seen_ : events.back().number();
        for (auto& event : events) {
            *part.messages.emplace_back().mutable_event() = std::move(event);
        }
        part.last = IsFinal(now->state) && newest >= now->last_event;
        shown_ = true;
        seen_ = newest;
        return part;
    });
}

}  // namespace berth::orders
