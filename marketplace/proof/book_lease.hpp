#pragma once

#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// Books what a lease has cost by now, from the marketplace's own reading, and what its customer's
/// hosting has earned. Comes back after every meter interval while the order is served.
class BookLease final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return "meter_lease"; }
    std::string_view step() const override { return "book_lease"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;
};

}  // namespace berth::proof
