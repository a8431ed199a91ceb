#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "akash/chain.hpp"

namespace berth::test {

/// A chain in memory that a test writes to as the network would. Thread-safe.
class FakeChain final : public akash::ChainReader {
public:
    static constexpr std::int64_t kBlockSeconds = 12;

    void Put(const akash::Deployment& deployment)
    {
        const std::scoped_lock lock{mutex_};
        deployments_[deployment.id.dseq] = deployment;
    }
    void Put(const akash::Lease& lease)
    {
        const std::scoped_lock lock{mutex_};
        leases_[lease.id.dseq] = lease;
    }
    /// Closes a deployment and its lease at `height`; the provider has withdrawn `e18` in all.
    void Close(std::uint64_t dseq, std::int64_t height, money::Amount e18 = {})
    {
        const std::scoped_lock lock{mutex_};
        deployments_.at(dseq).state = "closed";
        deployments_.at(dseq).escrow.settled_at = height;
        const auto lease = leases_.find(dseq);
        if (lease == leases_.end()) return;
        lease->second.state = "closed";
        lease->second.closed_on = height;
        lease->second.withdrawn = {lease->second.price.denom, e18};
    }
    void PutTransaction(std::string hash, const akash::TxOutcome& outcome)
    {
        const std::scoped_lock lock{mutex_};
        for (auto& digit : hash) digit = static_cast<char>(std::toupper(digit));
        transactions_[hash] = outcome;
    }
    void SetHeight(std::int64_t height)
    {
        const std::scoped_lock lock{mutex_};
        height_ = height;
    }

    Result<akash::ChainStatus> Status(Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        return akash::ChainStatus{.chain_id = "test",
                                  .height = height_,
                                  .block_time = FromUnixSeconds(height_ * kBlockSeconds)};
    }
    Result<std::optional<akash::Deployment>> GetDeployment(const akash::DeploymentId& id,
                                                           Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        const auto found = deployments_.find(id.dseq);
        if (found == deployments_.end()) return std::optional<akash::Deployment>{};
        return std::optional{found->second};
    }
    Result<std::vector<akash::Deployment>> ListDeployments(const std::string&, Deadline) override
    {
        return std::vector<akash::Deployment>{};
    }
    Result<std::vector<akash::Bid>> ListOpenBids(const std::string&, Deadline) override
    {
        return std::vector<akash::Bid>{};
    }
    Result<std::vector<akash::Lease>> ListLeases(const akash::DeploymentId& id, Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        std::vector<akash::Lease> leases;
        if (const auto found = leases_.find(id.dseq); found != leases_.end()) {
            leases.push_back(found->second);
        }
        return leases;
    }
    Result<std::optional<akash::TxOutcome>> FindTx(const std::string& hash, Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        const auto found = transactions_.find(hash);
        if (found == transactions_.end()) return std::optional<akash::TxOutcome>{};
        return std::optional{found->second};
    }
    Result<std::optional<std::string>> FindTxBySequence(const std::string&, std::uint64_t,
                                                        Deadline) override
    {
        return std::optional<std::string>{};
    }
    Result<money::Amount> Balance(const std::string&, const std::string&, Deadline) override
    {
        return money::Amount{};
    }
    Result<std::optional<akash::Account>> GetAccount(const std::string&, Deadline) override
    {
        return std::optional<akash::Account>{};
    }
    Result<std::map<std::string, money::Amount>> DepositMinimums(Deadline) override
    {
        return std::map<std::string, money::Amount>{};
    }
    Result<akash::Provider> GetProvider(const std::string& address, Deadline) override
    {
        return akash::Provider{.address = address, .host_uri = {}, .attributes = {}};
    }

private:
    std::mutex mutex_;
    std::int64_t height_ = 100;
    std::map<std::uint64_t, akash::Deployment> deployments_;
    std::map<std::uint64_t, akash::Lease> leases_;
    std::map<std::string, akash::TxOutcome> transactions_;
};

}  // namespace berth::test
