#pragma once

#include "akash/sandbox/chain/state.hpp"

namespace berth::sandbox {

/// One message being run: the state that it changes and the events that it leaves.
struct MessageRun {
    ChainState& state;
    const boost::json::value& message;
    std::int64_t height;
    std::vector<Event>& events;

    void Emit(const std::string& type, const boost::json::value& id);
    /// Errors: Refusal where there is no such deployment.
    DeploymentState& Existing(const akash::DeploymentId& id);
    /// Errors: Refusal where there is none or it is closed.
    DeploymentState& Active(const akash::DeploymentId& id);
    DepositState ReadDeposit(const boost::json::value& deposit, const std::string& owner);
    /// Opens the next order of a group.
    void OpenOrder(DeploymentState& deployment, std::uint32_t gseq);
    void EndLease(LeaseState& lease, const std::string& reason);
    /// Closes what runs on a group's orders: bids, leases, the orders themselves.
    void EndOrders(DeploymentState& deployment, std::uint32_t gseq, const std::string& reason);
};

/// Gives the deposits of a bid back and ends it.
void EndBid(ChainState& state, BidState& bid, const std::string& end_state);

/// Fields of a message; a number may be a decimal text.
std::string MessageText(const boost::json::value& value);
std::uint64_t MessageNumber(const boost::json::value& value);

/// The messages by the subject that they belong to. Errors: Refusal, as the chain words it.
void CreateDeployment(MessageRun& run);
void UpdateDeployment(MessageRun& run);
void CloseDeployment(MessageRun& run);
void CloseGroup(MessageRun& run);
void PauseGroup(MessageRun& run);
void StartGroup(MessageRun& run);
void CreateBid(MessageRun& run);
void CreateLease(MessageRun& run);
void CloseLease(MessageRun& run);
void CreateProvider(MessageRun& run);

}  // namespace berth::sandbox
