#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "akash/chain.hpp"
#include "berth/v1/worker_service.pb.h"

namespace berth::worker {

/// The bid that is taken, and every bid with the verdict on it.
struct BidChoice {
    std::optional<akash::Bid> chosen;
    std::vector<v1::BidChoice> verdicts;
};

/// Takes the cheapest open bid on the order's deployment that is within its ceiling; of equal ones
/// the first provider by address. `block_time` is the measured one. Without a price of `denom` no
/// bid is taken.
BidChoice ChooseAmong(const std::vector<akash::Bid>& bids, const v1::JobOrder& order,
                      const std::string& denom, std::chrono::milliseconds block_time);

/// The lease that taking the bid will make.
v1::Lease LeaseOfBid(const akash::Bid& bid);

}  // namespace berth::worker
