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

    std::vector<std::string> sent;                           ///< JSON of every broadcast, in order.
    std::vector<std::optional<akash::OrderedPlace>> places;  ///< Of what was signed, in order.
    int signed_count = 0;
    bool unordered = true;                       ///< Whether the node takes unordered ones.
    bool lands = true;                           ///< Whether what is sent gets into a block.
    bool answer_lost = false;                    ///< The node took it, but nobody learns that.
    std::optional<Error> refuses;                ///< What Sign answers, if set.
    std::optional<akash::BroadcastAnswer> says;  ///< What the node answers, if set.

    Result<std::string> Address(Deadline) override { return std::string{"akash1wallet"}; }

    Result<akash::SignedTransaction> Sign(const std::vector<std::string>& messages,
                                          const std::optional<akash::OrderedPlace>& place,
                                          Deadline) override
    {
        if (refuses) return *refuses;
        if (!unordered && !place) {
            return Fail(ErrorCode::kPrecondition, "UNORDERED_REFUSED", "not enabled");
        }
        const auto number = std::to_string(++signed_count);
        places.push_back(place);
        return akash::SignedTransaction{
            .json = "signed-" + number + ":" + messages.front(),
            .hash = "HASH" + number,
            .timeout = chain_.status.block_time + std::chrono::minutes{5},
            .fee_uakt = 2500,
            .place = place};
    }

    Result<akash::BroadcastAnswer> Broadcast(const akash::SignedTransaction& transaction,
                                             Deadline) override
    {
        sent.push_back(transaction.json);
        if (says) return *says;
        if (transaction.place && transaction.place->sequence != chain_.account_sequence) {
            return akash::BroadcastAnswer{.hash = transaction.hash,
                                          .codespace = "sdk",
                                          .code = 32,
                                          .raw_log = "account sequence mismatch"};
        }
        if (lands) {
            chain_.transactions[transaction.hash] = {
                .height = chain_.status.height + 1, .codespace = {}, .code = 0, .raw_log = {}};
            if (transaction.place) {
                chain_.used_sequences[chain_.account_sequence++] = transaction.hash;
            }
        }
        if (answer_lost) return Fail(ErrorCode::kUnknown, "BROADCAST_UNKNOWN", "No answer.");
        return akash::BroadcastAnswer{
            .hash = transaction.hash, .codespace = {}, .code = 0, .raw_log = {}};
    }

private:
    FakeWorkerChain& chain_;
};

}  // namespace berth::test
