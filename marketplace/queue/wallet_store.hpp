#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"
#include "core/base/error.hpp"
#include "marketplace/queue/settings.hpp"

namespace berth::queue {

/// A transaction whose fate a wallet's actor has told, and the orders whose messages it carried
/// (one name a message).
struct SettledTransaction {
    std::string hash;
    std::string wallet;
    std::int64_t height = 0;  ///< As it was told; 0 where it is in no block.
    std::vector<std::string> order_ids;
};

/// Kind and step of the job that books what a settled transaction has cost; its subject is
/// `transactions/{operator}/{hash}`.
constexpr auto kFeeJob = "book_fee";
constexpr auto kFeeStep = "read_transaction";

/// What a wallet's actor is to do next, and what its report settled.
struct WalletExchange {
    v1::WalletOrders orders;
    std::vector<SettledTransaction> settled;
};

/// Takes the report of a wallet's actor: keeps or gives the wallet's lease, records transactions
/// and the fate of their messages, and answers with what is to be sent. A report under a stale
/// epoch changes nothing. A transaction is recorded as signed before the answer: only then may it
/// be sent. Errors: kNotFound `UNKNOWN_WALLET`; kAborted `WALLET_LEASED_ELSEWHERE`,
/// `STALE_WALLET_EPOCH`; kConflict `MESSAGE_TAKEN`, `SEQUENCE_TAKEN`, `UNKNOWN_TRANSACTION`;
/// kInvalid `BAD_TRANSACTION`.
Result<WalletExchange> ExchangeWallet(pqxx::work& tx, const std::string& operator_id,
                                      const std::string& worker, const v1::WalletReport& report,
                                      const Settings& settings);

/// A transaction of the operator as it was settled; nothing where it is unknown or under way.
std::optional<SettledTransaction> FindSettled(pqxx::work& tx, const std::string& operator_id,
                                              const std::string& hash);

/// A wallet of the operator that is ready for an order, the one with the fewest messages waiting.
std::optional<std::string> ChooseReadyWallet(pqxx::work& tx, const std::string& operator_id);

}  // namespace berth::queue
