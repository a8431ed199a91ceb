#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"
#include "marketplace/queue/settings.hpp"

namespace berth::queue {

/// The fee that a transaction cost, and the orders whose messages it carried (one name a message).
struct PaidFee {
    std::string tx_hash;
    money::Amount fee_uakt;
    std::vector<std::string> order_ids;
};

/// What a wallet's actor is to do next, and what its report cost.
struct WalletExchange {
    v1::WalletOrders orders;
    std::vector<PaidFee> fees;
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

/// A wallet of the operator that is ready for an order, the one with the fewest messages waiting.
std::optional<std::string> ChooseReadyWallet(pqxx::work& tx, const std::string& operator_id);

}  // namespace berth::queue
