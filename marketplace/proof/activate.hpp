#pragma once

#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// A proven relay is the customer's: the hold becomes deferred revenue, the setup price is earned,
/// metering begins.
class Activate final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return "provision"; }
    std::string_view step() const override { return "activate"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;
};

}  // namespace berth::proof
