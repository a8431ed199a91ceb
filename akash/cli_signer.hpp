#pragma once

#include <mutex>

#include "akash/cli_chain_reader.hpp"
#include "akash/transaction_json.hpp"

namespace berth::akash {

/// TransactionSigner over `akash keys show`, `tx sign --offline`, `tx encode` and `tx broadcast`.
/// The transaction's JSON is made here, never by `akash tx MODULE`, which hides codes and hashes.
class CliSigner final : public TransactionSigner {
public:
    /// `runner` and `clock` must outlive the signer.
    CliSigner(CommandRunner& runner, const AkashPrograms& programs, const Clock& clock)
        : runner_{runner}, programs_{programs}, clock_{clock}, reader_{runner, programs}
    {
    }

    Result<std::string> Address(Deadline deadline) override;
    Result<SignedTransaction> Sign(const std::vector<std::string>& messages,
                                   const std::optional<OrderedPlace>& place,
                                   Deadline deadline) override;
    Result<BroadcastAnswer> Broadcast(const SignedTransaction& transaction,
                                      Deadline deadline) override;

private:
    Time UniqueTimeout();
    TransactionFee FeeOf(std::uint64_t gas) const;
    Result<std::uint64_t> AccountNumber(Deadline deadline);
    Result<std::string> SignJson(const std::string& unsigned_json, std::uint64_t sequence,
                                 Deadline deadline);
    Result<std::uint64_t> Simulate(const std::string& signed_json, Deadline deadline);
    Result<std::string> HashOf(const std::string& signed_json, Deadline deadline);
    Result<CommandOutput> RunLocal(std::vector<std::string> argv, const std::string& in,
                                   Deadline deadline);
    Result<CommandOutput> RunBroadcast(const std::string& signed_json, const std::string& node,
                                       std::vector<std::string> flags, Deadline deadline);

    CommandRunner& runner_;
    const AkashPrograms programs_;
    const Clock& clock_;
    CliChainReader reader_;
    std::mutex mutex_;
    std::string address_;
    std::optional<std::uint64_t> account_number_;
    Time last_timeout_{};
};

}  // namespace berth::akash
