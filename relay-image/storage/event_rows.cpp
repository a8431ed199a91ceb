#include "relay-image/storage/event_rows.hpp"

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

constexpr std::string_view kBodyStart = "\"tags\":";
constexpr std::size_t kSignatureTail = std::string_view{",\"sig\":\"\"}"}.size() + 128;

/// From "tags" to "content" in the event's JSON, whose fields are in NIP-01's order.
std::string BodyOf(const std::string& json)
{
    const auto start = json.find(kBodyStart);
    BERTH_ASSERT(start != std::string::npos && json.size() > start + kSignatureTail);
    return json.substr(start, json.size() - kSignatureTail - start);
}

std::string Binary(const std::string& hex)
{
    auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes.has_value());
    return std::move(*bytes);
}

}  // namespace

std::string AddressKey(std::string_view address)
{
    const auto digest = Sha256(address);
    return {digest.begin(), digest.end()};
}

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
    bodies_.push_back(BodyOf(admitted.json));
    expires_.push_back(admitted.expires_at);
    id_tags_.push_back(TagKey('e', event.id));
    const auto address = AddressOf(event);
    addresses_.push_back(address ? std::optional{AddressKey(*address)} : std::nullopt);
    if (address) written_.push_back(addresses_.back());
    for (auto& key : TagKeysOf(event)) {
        tag_ids_.push_back(id);
        tags_.push_back(std::move(key));
    }
}

std::vector<SqlValue> EventRows::Columns() const
{
    return {SqlValue::Blobs(ids_),       SqlValue::Blobs(pubkeys_),   SqlValue::Numbers(created_),
            SqlValue::Kinds(kinds_),     SqlValue::Texts(bodies_),    SqlValue::Blobs(sigs_),
            SqlValue::Numbers(expires_), SqlValue::Blobs(addresses_), SqlValue::Blobs(id_tags_),
            SqlValue::Blobs(tag_ids_),   SqlValue::Blobs(tags_)};
}

DeletionRows::DeletionRows(std::span<const EventPtr> events)
{
    for (const auto& event : events) {
        if (event->event.kind == kDeletionKind) Add(event->event);
    }
}

void DeletionRows::Add(const nostr::Event& deletion)
{
    for (const auto& tag : deletion.tags) {
        if (tag.size() < 2) continue;
        if (tag[0] == "e" && IsLowerHex(tag[1], 64)) {
            ids_.push_back(Binary(tag[1]));
            authors_.push_back(Binary(deletion.pubkey));
        }
        const auto owner = tag[1].find(":" + deletion.pubkey + ":");
        if (tag[0] == "a" && owner != std::string::npos && owner == tag[1].find(':')) {
            addresses_.push_back(AddressKey(tag[1]));
            until_.push_back(deletion.created_at);
        }
    }
}

std::vector<SqlValue> DeletionRows::IdColumns() const
{
    return {SqlValue::Blobs(ids_), SqlValue::Blobs(authors_)};
}

std::vector<SqlValue> DeletionRows::AddressColumns() const
{
    return {SqlValue::Blobs(addresses_), SqlValue::Numbers(until_)};
}

StoredEvent EventOfRow(const Rows& rows, int row)
{
    StoredEvent event{std::string{rows.Bytes(row, 0)}, rows.Number(row, 2), {}};
    const auto body = rows.Bytes(row, 4);
    event.json.reserve(body.size() + 360);
    event.json += "{\"id\":\"" + ToHex(event.id) + "\",\"pubkey\":\"" + ToHex(rows.Bytes(row, 1));
    event.json += "\",\"created_at\":" + std::to_string(event.created_at);
    event.json += ",\"kind\":" + std::to_string(rows.Number(row, 3)) + ",";
    event.json += body;
    event.json += ",\"sig\":\"" + ToHex(rows.Bytes(row, 5)) + "\"}";
    return event;
}

}  // namespace berth::relay
