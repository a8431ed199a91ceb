#pragma once

#include <functional>

#include "akash/node_pool.hpp"

namespace berth::akash {

/// ChainReader over `akash query`.
class CliChainReader final : public ChainReader {
public:
    /// `runner` must outlive the reader.
    CliChainReader(CommandRunner& runner, const AkashPrograms& programs) : nodes_{runner, programs}
    {
    }

    Result<ChainStatus> Status(Deadline deadline) override;
    Result<std::optional<Deployment>> GetDeployment(const DeploymentId& id,
                                                    Deadline deadline) override;
    Result<std::vector<Deployment>> ListDeployments(const std::string& owner,
                                                    Deadline deadline) override;
    Result<std::vector<Bid>> ListOpenBids(const std::string& owner, Deadline deadline) override;
    Result<std::vector<Lease>> ListLeases(const DeploymentId& id, Deadline deadline) override;
    Result<std::optional<TxOutcome>> FindTx(const std::string& hash, Deadline deadline) override;
    Result<std::optional<std::string>> FindTxBySequence(const std::string& address,
                                                        std::uint64_t sequence,
                                                        Deadline deadline) override;
    Result<money::Amount> Balance(const std::string& address, const std::string& denom,
                                  Deadline deadline) override;
    Result<std::optional<Account>> GetAccount(const std::string& address,
                                              Deadline deadline) override;
    Result<std::map<std::string, money::Amount>> DepositMinimums(Deadline deadline) override;
    Result<Provider> GetProvider(const std::string& address, Deadline deadline) override;

private:
    using Read = std::function<void(const boost::json::value& page)>;
    Result<void> ReadPages(std::vector<std::string> argv, Deadline deadline, const Read& read);

    NodePool nodes_;
};

}  // namespace berth::akash
