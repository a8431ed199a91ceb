#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akash/signer.hpp"
#include "tests/fakes/fake_worker_chain.hpp"

namespace berth::test {

/// Signs and sends to a FakeWorkerChain; the outcome of a broadcast can be lost on the way back.
class FakeSigner final : public akash::TransactionSigner {
public:
    explicit FakeSigner(FakeWorkerChain& chain) : chain_{chain} {}

    std::vector<std::string> sent;  ///< JSON of every broadcast, in order.
    int signed_count = 0;
    bool lands = true;                           ///< Whether what is sent gets into a block.
    bool answer_lost = false;                    ///< The node took it, but nobody learns that.
    std::optional<Error> refuses;                ///< What Sign answers, if set.
    std::optional<akash::BroadcastAnswer> says;  ///< What the node answers, if set.

    Result<std::string> Address(Deadline) override { return std::string{"akash1wallet"}; }

    Result<akash::SignedTransaction> Sign(const std::vector<std::string>& messages,
                                          Deadline) override
    {
        if (refuses) return *refuses;
        const auto number = std::to_string(++signed_count);
        return akash::SignedTransaction{
            .json = "signed-" + number + ":" + messages.front(),
            .hash = "HASH" + number,
            .timeout = chain_.status.block_time + std::chrono::minutes{5},
            .fee_uakt = 2500};
    }

    Result<akash::BroadcastAnswer> Broadcast(const akash::SignedTransaction& transaction,
                                             Deadline) override
    {
        sent.push_back(transaction.json);
        if (says) return *says;
        if (lands)
            chain_.transactions[transaction.hash] = {
                .height = chain_.status.height + 1, .codespace = {}, .code = 0, .raw_log = {}};
        if (answer_lost) return Fail(ErrorCode::kUnknown, "BROADCAST_UNKNOWN", "No answer.");
        return akash::BroadcastAnswer{
            .hash = transaction.hash, .codespace = {}, .code = 0, .raw_log = {}};
    }

private:
    FakeWorkerChain& chain_;
};

}  // namespace berth::test
