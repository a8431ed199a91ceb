#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

const std::string kCollection{collection::kPaymentAccounts};
const std::string kChannels{collection::kPaymentChannels};

Error Unreadable(const std::string& pubkey)
{
    return Fail(ErrorCode::kInternal, "BAD_PAYMENT_RECORD",
                "The payment record of " + pubkey + " cannot be read.");
}

}  // namespace

Result<PaymentJournal::Accounts> StoreJournal::Load()
{
    auto records = store_->LoadRecords(kCollection);
    if (!records) return records.error();
    Accounts accounts;
    for (const auto& record : *records) {
        auto account = ReadAccount(record.json);
        if (!account) {
            return Unreadable(record.key);
        }
        accounts.emplace_back(record.key, std::move(*account));
    }
    return accounts;
}

Result<PaymentJournal::Known> StoreJournal::Find(const std::string& pubkey)
{
    const auto record = store_->LoadRecord(kCollection, pubkey);
    if (!record) return record.error();
    if (!*record) return Known{};
    auto account = ReadAccount(**record);
    if (!account) return Unreadable(pubkey);
    return Known{std::move(*account)};
}

Result<bool> StoreJournal::Replace(const std::string& pubkey, const Known& known,
                                   const PaymentAccount& account)
{
    if (!known && account.IsBlank()) return true;
    const auto json = account.IsBlank() ? std::nullopt : std::optional{WriteAccount(account)};
    if (!known) return store_->SwapRecord(kCollection, pubkey, std::nullopt, json);
    const auto before = WriteAccount(*known);
    const auto swapped = store_->SwapRecord(kCollection, pubkey, before, json);
    if (!swapped || *swapped) return swapped;
    // Another version of this program may have written the same account in other words.
    const auto record = store_->LoadRecord(kCollection, pubkey);
    if (!record) return record.error();
    const auto there = *record ? ReadAccount(**record) : Result<PaymentAccount>{Unreadable(pubkey)};
    if (!there || **record == before || WriteAccount(*there) != before) return false;
    return store_->SwapRecord(kCollection, pubkey, **record, json);
}

Result<bool> StoreJournal::HoldChannel(const std::string& channel_id, const std::string& pubkey)
{
    const auto json = "\"" + pubkey + "\"";
    const auto held = store_->SwapRecord(kChannels, channel_id, std::nullopt, json);
    if (!held || *held) return held;
    const auto owner = store_->LoadRecord(kChannels, channel_id);
    if (!owner) return owner.error();
    return *owner == json;
}

Result<bool> StoreJournal::HasEvent(const std::string& event_id, std::int64_t now)
{
    Filter filter;
    filter.ids = {event_id};
    const auto found = store_->Count(filter, 1, now);
    if (!found) return found.error();
    return *found > 0;
}

}  // namespace berth::relay
