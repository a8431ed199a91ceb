#pragma once

#include "relay-image/payment/payment_journal.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Accounts as records of the relay's own store.
class StoreJournal final : public PaymentJournal {
public:
    explicit StoreJournal(std::unique_ptr<EventStore> store) : store_{std::move(store)} {}

    /// A record that cannot be read is kInternal `BAD_PAYMENT_RECORD`: nothing is taken for paid,
    /// and nothing overwritten.
    Result<Accounts> Load() override;
    Result<void> Put(const std::string& pubkey, const PaymentAccount& account) override;
    Result<bool> HasEvent(const std::string& event_id, std::int64_t now) override;

private:
    const std::unique_ptr<EventStore> store_;
};

}  // namespace berth::relay
