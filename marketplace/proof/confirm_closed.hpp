#pragma once

#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// The last word on a closed order: the marketplace reads from the chain that the deployment is
/// closed, books what the lease came to, and only then gives a hold back.
class ConfirmClosed final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return "close"; }
    std::string_view step() const override { return "confirm_closed"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;
};

}  // namespace berth::proof
