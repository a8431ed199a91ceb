#pragma once

#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// Fixes what a paid order is carried out with: a ready wallet, a deployment number that was never
/// used, the customer's own host name. Nothing outside is touched. From here on it is PROVISIONING.
class Reserve final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return "provision"; }
    std::string_view step() const override { return "reserve"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;
};

}  // namespace berth::proof
