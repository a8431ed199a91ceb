#include "relay-image/storage/lmdb_changes.hpp"

#include <cstring>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/deletion.hpp"

namespace berth::relay {
namespace {

std::string Binary(std::string_view hex)
{
    auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes.has_value());
    return std::move(*bytes);
}

/// Events that no deletion takes away.
bool IsRequest(int kind) { return kind == kDeletionKind || kind == kVanishKind; }

MDB_val NumberValue(std::uint64_t& number)
{
    return {.mv_size = sizeof number, .mv_data = &number};
}

}  // namespace

struct LmdbChanges::Incoming {
    explicit Incoming(const AdmittedEvent& an_event)
        : admitted{an_event},
          event{an_event.event},
          id{Binary(event.id)},
          pubkey{Binary(event.pubkey)},
          address{AddressOf(event)}
    {
    }

    const AdmittedEvent& admitted;
    const nostr::Event& event;
    std::string id, pubkey;
    std::optional<std::string> address;
};

LmdbChanges::LmdbChanges(MDB_txn* transaction, const LmdbTables& tables)
    : transaction_{transaction}, tables_{tables}, cursor_{transaction, tables}
{
    MDB_cursor* opened = nullptr;
    MustSucceed(mdb_cursor_open(transaction, tables.events, &opened));
    const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> cursor{opened, mdb_cursor_close};
    MDB_val number{}, record{};
    if (!WasFound(mdb_cursor_get(opened, &number, &record, MDB_LAST))) return;
    std::memcpy(&next_number_, number.mv_data, sizeof next_number_);
    ++next_number_;
}

Verdict LmdbChanges::Add(const AdmittedEvent& admitted)
{
    const Incoming incoming{admitted};
    const auto verdict = Judge(incoming);
    if (verdict != Verdict::kStored) return verdict;
    if (incoming.address) {
        if (const auto older = NumberAt(index_key::Address(*incoming.address))) Remove(older);
    }
    Insert(incoming);
    const auto& event = incoming.event;
    if (event.kind == kDeletionKind) RemoveTargets(incoming);
    if (event.kind == kVanishKind) {
        RemoveAuthor(incoming.pubkey, event.created_at);
        RemoveWraps(incoming.pubkey, event.created_at);
    }
    return verdict;
}

Verdict LmdbChanges::Judge(const Incoming& incoming)
{
    if (NumberOf(transaction_, tables_, incoming.id)) return Verdict::kDuplicate;
    if (WasDeleted(incoming)) return Verdict::kDeleted;
    if (!incoming.address) return Verdict::kStored;
    const auto kept = NumberAt(index_key::Address(*incoming.address));
    if (kept == 0) return Verdict::kStored;
    const auto record = RecordOf(transaction_, tables_, kept);
    const auto at = record.created_at(), new_at = incoming.event.created_at;
    const bool replaces = new_at != at ? new_at > at : incoming.id < record.id();
    return replaces ? Verdict::kStored : Verdict::kOutdated;
}

bool LmdbChanges::WasDeleted(const Incoming& incoming)
{
    const auto& event = incoming.event;
    if (event.kind != kVanishKind &&
        RequestedSince(index_key::Vanishing(incoming.pubkey), event.created_at)) {
        return true;
    }
    if (event.kind == kGiftWrapKind) {
        for (const auto& tag : event.tags) {
            if (tag.size() >= 2 && tag[0] == "p" && IsLowerHex(tag[1], 64) &&
                RequestedSince(index_key::Vanishing(Binary(tag[1])), event.created_at)) {
                return true;
            }
        }
    }
    if (IsRequest(event.kind)) return false;
    return cursor_.SeekLast(index_key::DeletionOfId(incoming.pubkey, incoming.id)) ||
           (incoming.address &&
            RequestedSince(index_key::DeletionOfAddress(*incoming.address), event.created_at));
}

bool LmdbChanges::RequestedSince(const std::string& key, std::int64_t created_at)
{
    return cursor_.SeekLast(key) && cursor_.entry().created_at() >= created_at;
}

std::uint64_t LmdbChanges::NumberAt(const std::string& address_key)
{
    return cursor_.SeekLast(address_key) ? cursor_.entry().number() : 0;
}

void LmdbChanges::Insert(const Incoming& incoming)
{
    auto number = next_number_++;
    auto id_head = IdKey(incoming.id);
    auto key = NumberValue(number);
    const auto bytes = LmdbRecord::Encode(incoming.admitted);
    auto record = ToValue(bytes);
    MustSucceed(mdb_put(transaction_, tables_.events, &key, &record, MDB_APPEND));
    auto id_key = NumberValue(id_head);
    MustSucceed(mdb_put(transaction_, tables_.ids, &id_key, &key, 0));
    const auto& expires_at = incoming.admitted.expires_at;
    LmdbEntry::Parts parts{.created_at = incoming.event.created_at,
                           .id = incoming.id,
                           .kind = incoming.event.kind,
                           .number = number,
                           .expires = expires_at.has_value()};
    const LmdbEntry entry{parts};
    for (const auto& index_key : IndexKeysOf(incoming.event)) cursor_.Insert(index_key, entry);
    for (const auto& request : RequestKeysOf(incoming.event)) cursor_.Insert(request, entry);
    if (!expires_at) return;
    parts.created_at = *expires_at;
    cursor_.Insert(index_key::Expiry(), LmdbEntry{parts});
}

void LmdbChanges::Remove(std::uint64_t number)
{
    const auto record = RecordOf(transaction_, tables_, number);
    const auto expires_at = record.expires_at();
    const std::string id{record.id()};  // The record's page is about to change.
    const auto event = record.Event();
    LmdbEntry::Parts parts{.created_at = event.created_at,
                           .id = id,
                           .kind = event.kind,
                           .number = number,
                           .expires = expires_at.has_value()};
    const LmdbEntry entry{parts};
    for (const auto& index_key : IndexKeysOf(event)) cursor_.Erase(index_key, entry);
    if (expires_at) {
        parts.created_at = *expires_at;
        cursor_.Erase(index_key::Expiry(), LmdbEntry{parts});
    }
    auto id_head = IdKey(id);
    auto id_key = NumberValue(id_head), key = NumberValue(number);
    MustSucceed(mdb_del(transaction_, tables_.ids, &id_key, &key));
    MustSucceed(mdb_del(transaction_, tables_.events, &key, nullptr));
}

void LmdbChanges::RemoveTargets(const Incoming& deletion)
{
    const auto targets = DeletedBy(deletion.event);
    for (const auto& id : targets.ids) {
        const auto number = NumberOf(transaction_, tables_, Binary(id));
        if (!number) continue;
        const auto record = RecordOf(transaction_, tables_, *number);
        if (record.pubkey() == deletion.pubkey && !IsRequest(record.kind())) Remove(*number);
    }
    for (const auto& address : targets.addresses) {
        RemoveUntil(index_key::Address(address), deletion.event.created_at, deletion.pubkey);
    }
}

void LmdbChanges::RemoveAuthor(std::string_view pubkey, std::int64_t until)
{
    RemoveUntil(index_key::Author(pubkey), until, pubkey);
}

void LmdbChanges::RemoveWraps(std::string_view pubkey, std::int64_t until)
{
    RemoveUntil(index_key::Tag('p', ToHex(pubkey)), until, {});
}

void LmdbChanges::RemoveUntil(const std::string& key, std::int64_t until, std::string_view author)
{
    std::vector<std::uint64_t> numbers;
    const auto end = LmdbEntry::Before(static_cast<std::uint64_t>(until) + 1);
    for (bool found = cursor_.SeekBefore(key, end); found; found = cursor_.Previous()) {
        const auto entry = cursor_.entry();
        const bool is_wrap = entry.kind() == kGiftWrapKind;
        if (entry.kind() == kVanishKind || (author.empty() && !is_wrap)) continue;
        const auto record = RecordOf(transaction_, tables_, entry.number());
        if (author.empty() || record.pubkey() == author) numbers.push_back(entry.number());
    }
    for (const auto number : numbers) Remove(number);
}

}  // namespace berth::relay
