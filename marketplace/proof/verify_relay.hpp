#pragma once

#include "marketplace/proof/chain_check.hpp"
#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// The marketplace's own proof: it probes the relay through its public name with a fresh nonce, and
/// reads lease and deployment from the chain. Only then is anything booked.
class VerifyRelay final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return "provision"; }
    std::string_view step() const override { return "verify_relay"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;

private:
    /// The lease as the chain has it, if it is the one reported and not too dear.
    Result<LeaseReading> CheckedLease(const orders::OrderRow& order, Deadline deadline);
};

}  // namespace berth::proof
