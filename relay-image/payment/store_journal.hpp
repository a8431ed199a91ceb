#pragma once

#include "relay-image/payment/payment_journal.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Collections of the store that hold what was paid.
namespace collection {
constexpr std::string_view kPaymentAccounts = "payment_accounts";
constexpr std::string_view kPaymentChannels = "payment_channels";
}  // namespace collection

/// Accounts as records of the relay's own store.
class StoreJournal final : public PaymentJournal {
public:
    explicit StoreJournal(std::unique_ptr<EventStore> store) : store_{std::move(store)} {}

    /// A record that cannot be read is kInternal `BAD_PAYMENT_RECORD`: nothing is taken for paid,
    /// and nothing overwritten.
    Result<Accounts> Load() override;
    Result<Known> Find(const std::string& pubkey) override;
    Result<bool> Replace(const std::string& pubkey, const Known& known,
                         const PaymentAccount& account) override;
    Result<bool> HoldChannel(const std::string& channel_id, const std::string& pubkey) override;
    Result<bool> HasEvent(const std::string& event_id, std::int64_t now) override;

private:
    const std::unique_ptr<EventStore> store_;
};

}  // namespace berth::relay
