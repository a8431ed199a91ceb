#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "relay-image/payment/account.hpp"

namespace berth::relay {

/// Where accounts are kept. An object belongs to one thread; other processes may change accounts at
/// the same time. Errors of all: those of EventStore; kInternal `BAD_PAYMENT_RECORD`.
class PaymentJournal {
public:
    using Accounts = std::vector<std::pair<std::string, PaymentAccount>>;  ///< By public key, hex.
    using Known = std::optional<PaymentAccount>;                           ///< Nothing: no account.

    virtual ~PaymentJournal() = default;
    virtual Result<Accounts> Load() = 0;
    /// The account of one key.
    virtual Result<Known> Find(const std::string& pubkey) = 0;
    /// Puts an account in the place of what was known of it, and forgets one in which nothing
    /// stands; durable on return. False, and nothing done, if it has changed since.
    virtual Result<bool> Replace(const std::string& pubkey, const Known& known,
                                 const PaymentAccount& account) = 0;
    /// Gives a channel that is nobody's to a key, for ever; durable on return. Whether it is the
    /// key's now.
    virtual Result<bool> HoldChannel(const std::string& channel_id, const std::string& pubkey) = 0;
    /// Whether the relay has the event already.
    virtual Result<bool> HasEvent(const std::string& event_id, std::int64_t now) = 0;
};

/// Makes a journal of its own for each thread that asks.
using PaymentJournalFactory = std::function<std::unique_ptr<PaymentJournal>()>;

}  // namespace berth::relay
