#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "akash/chain.hpp"

namespace berth::test {

/// A chain in memory, whose state the test or a FakeSigner changes.
class FakeWorkerChain final : public akash::ChainReader {
public:
    akash::ChainStatus status{.chain_id = "test-1",
                              .height = 1000,
                              .block_time = FromUnixSeconds(1'767'225'600),
                              .catching_up = false};
    std::map<std::uint64_t, akash::Deployment> deployments;  ///< By dseq.
    std::vector<akash::Bid> bids;
    std::vector<akash::Lease> leases;
    std::map<std::string, akash::TxOutcome> transactions;  ///< By hash.
    std::map<std::string, money::Amount> balances;         ///< By denomination.
    std::uint64_t account_sequence = 0;                    ///< That the next ordered one has.
    std::map<std::uint64_t, std::string> used_sequences;   ///< Hashes by sequence.
    std::map<std::string, money::Amount> deposit_minimums{{"uakt", 500'000}, {"uact", 500'000}};
    std::optional<Error> fails;  ///< What every question answers, if set.

    /// Lets `blocks` blocks pass, six seconds each.
    void Advance(std::int64_t blocks)
    {
        status.height += blocks;
        status.block_time += std::chrono::seconds{6} * blocks;
    }

    Result<akash::ChainStatus> Status(Deadline) override
    {
        if (fails) return *fails;
        return status;
    }
    Result<std::optional<akash::Deployment>> GetDeployment(const akash::DeploymentId& id,
                                                           Deadline) override
    {
        if (fails) return *fails;
        const auto found = deployments.find(id.dseq);
        if (found == deployments.end()) return std::optional<akash::Deployment>{};
        return std::optional{found->second};
    }
    Result<std::vector<akash::Deployment>> ListDeployments(const std::string&, Deadline) override
    {
        if (fails) return *fails;
        std::vector<akash::Deployment> all;
        for (const auto& [dseq, deployment] : deployments) all.push_back(deployment);
        return all;
    }
    Result<std::vector<akash::Bid>> ListOpenBids(const std::string&, Deadline) override
    {
        if (fails) return *fails;
        return bids;
    }
    Result<std::vector<akash::Lease>> ListLeases(const akash::DeploymentId& id, Deadline) override
    {
        if (fails) return *fails;
        std::vector<akash::Lease> found;
        std::ranges::copy_if(leases, std::back_inserter(found),
                             [&](const auto& lease) { return lease.id.dseq == id.dseq; });
        return found;
    }
    Result<std::optional<akash::TxOutcome>> FindTx(const std::string& hash, Deadline) override
    {
        if (fails) return *fails;
        const auto found = transactions.find(hash);
        if (found == transactions.end()) return std::optional<akash::TxOutcome>{};
        return std::optional{found->second};
    }
    Result<std::optional<std::string>> FindTxBySequence(const std::string&, std::uint64_t sequence,
                                                        Deadline) override
    {
        if (fails) return *fails;
        const auto found = used_sequences.find(sequence);
        if (found == used_sequences.end()) return std::optional<std::string>{};
        return std::optional{found->second};
    }
    Result<money::Amount> Balance(const std::string&, const std::string& denom, Deadline) override
    {
        if (fails) return *fails;
        return balances[denom];
    }
    Result<std::optional<akash::Account>> GetAccount(const std::string& address, Deadline) override
    {
        if (fails) return *fails;
        return std::optional{
            akash::Account{.address = address, .number = 1, .sequence = account_sequence}};
    }
    Result<std::map<std::string, money::Amount>> DepositMinimums(Deadline) override
    {
        if (fails) return *fails;
        return deposit_minimums;
    }
    Result<akash::Provider> GetProvider(const std::string& address, Deadline) override
    {
        return akash::Provider{.address = address, .host_uri = {}, .attributes = {}};
    }
};

}  // namespace berth::test
