#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "relay-image/payment/account.hpp"

namespace berth::relay {

/// Where accounts are kept. An object belongs to one thread. Errors of all: those of EventStore.
class PaymentJournal {
public:
    using Accounts = std::vector<std::pair<std::string, PaymentAccount>>;  ///< By public key, hex.

    virtual ~PaymentJournal() = default;
    virtual Result<Accounts> Load() = 0;
    /// Durable on return.
    virtual Result<void> Put(const std::string& pubkey, const PaymentAccount& account) = 0;
    /// Whether the relay has the event already.
    virtual Result<bool> HasEvent(const std::string& event_id, std::int64_t now) = 0;
};

/// Makes a journal of its own for each thread that asks.
using PaymentJournalFactory = std::function<std::unique_ptr<PaymentJournal>()>;

}  // namespace berth::relay
