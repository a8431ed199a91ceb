#include "relay-image/storage/lmdb_record.hpp"

#include <cstring>
#include <limits>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_json.hpp"
#include "relay-image/storage/event_parts.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kSignatureAt = 64, kSignatureBytes = 64;
constexpr std::size_t kCreatedAt = 128, kExpiresAt = 136, kKindAt = 144, kBodyAt = 146;
constexpr auto kNever = std::numeric_limits<std::int64_t>::max();

template <typename Integer>
void AppendInteger(std::string& out, Integer value)
{
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

template <typename Integer>
Integer IntegerAt(std::string_view bytes, std::size_t at)
{
    Integer value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

void AppendBinary(std::string& out, std::string_view hex)
{
    const auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes.has_value());
    out += *bytes;
}

}  // namespace

LmdbRecord::LmdbRecord(std::string_view bytes) : bytes_{bytes}
{
    BERTH_ASSERT(bytes.size() > kBodyAt);
}

std::string LmdbRecord::Encode(const AdmittedEvent& admitted)
{
    const auto& event = admitted.event;
    const auto body = BodyOf(admitted.json);
    std::string bytes;
    bytes.reserve(kBodyAt + body.size());
    AppendBinary(bytes, event.id);
    AppendBinary(bytes, event.pubkey);
    AppendBinary(bytes, event.sig);
    AppendInteger(bytes, event.created_at);
    AppendInteger(bytes, admitted.expires_at.value_or(kNever));
    AppendInteger(bytes, static_cast<std::uint16_t>(event.kind));
    return bytes += body;
}

std::int64_t LmdbRecord::created_at() const { return IntegerAt<std::int64_t>(bytes_, kCreatedAt); }

std::optional<std::int64_t> LmdbRecord::expires_at() const
{
    const auto at = IntegerAt<std::int64_t>(bytes_, kExpiresAt);
    return at == kNever ? std::nullopt : std::optional{at};
}

bool LmdbRecord::HasExpired(std::int64_t now) const
{
    return IntegerAt<std::int64_t>(bytes_, kExpiresAt) <= now;
}

int LmdbRecord::kind() const { return IntegerAt<std::uint16_t>(bytes_, kKindAt); }

std::string_view LmdbRecord::body() const { return bytes_.substr(kBodyAt); }

EventText LmdbRecord::Json() const
{
    return JsonOf({.id = id(),
                   .pubkey = pubkey(),
                   .created_at = created_at(),
                   .kind = kind(),
                   .body = body(),
                   .signature = bytes_.substr(kSignatureAt, kSignatureBytes)});
}

nostr::Event LmdbRecord::Event() const
{
    const auto json = Json();
    const auto event = ReadEvent(json);
    BERTH_ASSERT(event.has_value());
    return *event;
}

}  // namespace berth::relay
