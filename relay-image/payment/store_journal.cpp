#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

const std::string kCollection = "payment_accounts";

}  // namespace

Result<PaymentJournal::Accounts> StoreJournal::Load()
{
    auto records = store_->LoadRecords(kCollection);
    if (!records) return records.error();
    Accounts accounts;
    for (const auto& record : *records) {
        auto account = ReadAccount(record.json);
        if (!account) {
            return Fail(ErrorCode::kInternal, "BAD_PAYMENT_RECORD",
                        "The payment record of " + record.key + " cannot be read.");
        }
        accounts.emplace_back(record.key, std::move(*account));
    }
    return accounts;
}

Result<void> StoreJournal::Put(const std::string& pubkey, const PaymentAccount& account)
{
    return store_->PutRecord(kCollection, pubkey, WriteAccount(account));
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
