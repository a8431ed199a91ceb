#include "relay-image/storage/event_rows.hpp"

#include <limits>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/deletion.hpp"
#include "relay-image/storage/event_parts.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

constexpr auto kForever = std::numeric_limits<std::int64_t>::max();

std::string AuthorKey(const std::string& pubkey) { return KeyOfTag('v', pubkey); }

std::string Binary(const std::string& hex)
{
    auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes.has_value());
    return std::move(*bytes);
}

}  // namespace

EventRows::EventRows(std::span<const EventPtr> events)
{
    for (const auto& event : events) Add(*event);
}

void EventRows::Add(const AdmittedEvent& admitted)
{
    const auto& event = admitted.event;
    const auto id = Binary(event.id);
    ids_.push_back(id);
    pubkeys_.push_back(Binary(event.pubkey));
    sigs_.push_back(Binary(event.sig));
    created_.push_back(event.created_at);
    kinds_.push_back(event.kind);
    bodies_.emplace_back(BodyOf(admitted.json));
    expires_.push_back(admitted.expires_at);
    const auto address = AddressOf(event);
    addresses_.push_back(address ? std::optional{KeyOfTag('a', *address)} : std::nullopt);
    if (address) written_.push_back(addresses_.back());
    AddGuards(event);
    for (const auto& key : TagKeysOf(event)) {
        tag_ids_.push_back(id);
        tags_.push_back(ShortKey(key));
    }
}

/// Under which keys a deletion would have been noted that keeps the event away.
void EventRows::AddGuards(const nostr::Event& event)
{
    const bool lasts = event.kind == kDeletionKind || event.kind == kVanishKind;
    id_keys_.push_back(lasts ? std::nullopt : std::optional{KeyOfTag('e', event.id)});
    author_keys_.push_back(event.kind == kVanishKind ? std::nullopt
                                                     : std::optional{AuthorKey(event.pubkey)});
    if (event.kind == kGiftWrapKind) AddReaders(event);
}

/// For whom a gift wrap is: he may have vanished.
void EventRows::AddReaders(const nostr::Event& wrap)
{
    for (const auto& tag : wrap.tags) {
        if (tag.size() < 2 || tag[0] != "p" || !IsLowerHex(tag[1], 64)) continue;
        wrap_ids_.push_back(ids_.back());
        reader_keys_.push_back(AuthorKey(tag[1]));
        readers_.push_back(Binary(tag[1]));
        wrapped_.push_back(wrap.created_at);
    }
}

std::vector<SqlValue> EventRows::Columns() const
{
    return {
        SqlValue::Blobs(ids_),         SqlValue::Blobs(pubkeys_),     SqlValue::Numbers(created_),
        SqlValue::Kinds(kinds_),       SqlValue::Texts(bodies_),      SqlValue::Blobs(sigs_),
        SqlValue::Numbers(expires_),   SqlValue::Uuids(addresses_),   SqlValue::Uuids(id_keys_),
        SqlValue::Uuids(author_keys_), SqlValue::Blobs(tag_ids_),     SqlValue::Uuids(tags_),
        SqlValue::Blobs(wrap_ids_),    SqlValue::Uuids(reader_keys_), SqlValue::Blobs(readers_),
        SqlValue::Numbers(wrapped_)};
}

DeletionRows::DeletionRows(std::span<const EventPtr> events)
{
    for (const auto& event : events) {
        if (event->event.kind == kDeletionKind) AddDeletion(event->event);
        if (event->event.kind == kVanishKind) AddVanished(event->event);
    }
}

void DeletionRows::AddTarget(std::string target, std::int64_t until, const nostr::Event& by)
{
    targets_.push_back(std::move(target));
    authors_.push_back(Binary(by.pubkey));
    until_.push_back(until);
    by_.push_back(Binary(by.id));
}

void DeletionRows::AddDeletion(const nostr::Event& deletion)
{
    const auto deleted = DeletedBy(deletion);
    for (const auto& id : deleted.ids) {
        AddTarget(KeyOfTag('e', id), kForever, deletion);
        ids_.push_back(Binary(id));
        id_authors_.push_back(Binary(deletion.pubkey));
        ids_by_.push_back(Binary(deletion.id));
    }
    for (const auto& address : deleted.addresses) {
        AddTarget(KeyOfTag('a', address), deletion.created_at, deletion);
        addresses_.push_back(KeyOfTag('a', address));
        addresses_until_.push_back(deletion.created_at);
        addresses_by_.push_back(Binary(deletion.id));
    }
}

void DeletionRows::AddVanished(const nostr::Event& request)
{
    AddTarget(AuthorKey(request.pubkey), request.created_at, request);
    vanished_.push_back(Binary(request.pubkey));
    reader_keys_.push_back(KeyOfTag('p', request.pubkey));
    vanished_until_.push_back(request.created_at);
    vanished_by_.push_back(Binary(request.id));
}

std::vector<SqlValue> DeletionRows::Targets() const
{
    return {SqlValue::Uuids(targets_), SqlValue::Blobs(authors_), SqlValue::Numbers(until_),
            SqlValue::Blobs(by_)};
}

std::vector<SqlValue> DeletionRows::Ids() const
{
    return {SqlValue::Blobs(ids_), SqlValue::Blobs(id_authors_), SqlValue::Blobs(ids_by_)};
}

std::vector<SqlValue> DeletionRows::Addresses() const
{
    return {SqlValue::Uuids(addresses_), SqlValue::Numbers(addresses_until_),
            SqlValue::Blobs(addresses_by_)};
}

std::vector<SqlValue> DeletionRows::Vanished() const
{
    return {SqlValue::Blobs(vanished_), SqlValue::Uuids(reader_keys_),
            SqlValue::Numbers(vanished_until_), SqlValue::Blobs(vanished_by_)};
}

StoredEvent EventOfRow(const Rows& rows, int row)
{
    StoredEvent event{.id = std::string{rows.Bytes(row, 0)},
                      .created_at = rows.Number(row, 2),
                      .kind = static_cast<int>(rows.Number(row, 3)),
                      .json = {}};
    const auto body = rows.Bytes(row, 4);
    if (body.empty()) return event;  // It was left out.
    event.json = JsonOf({.id = event.id,
                         .pubkey = rows.Bytes(row, 1),
                         .created_at = event.created_at,
                         .kind = event.kind,
                         .body = body,
                         .signature = rows.Bytes(row, 5)});
    return event;
}

}  // namespace berth::relay
