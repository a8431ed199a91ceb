#include "relay-image/storage/lmdb_record.hpp"

#include <array>
#include <cstring>
#include <limits>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kSignatureAt = 64, kSignatureBytes = 64;
constexpr auto kHexed = kSignatureAt + kSignatureBytes;  ///< Id, key and signature.
constexpr std::size_t kCreatedAt = 128, kExpiresAt = 136, kKindAt = 144, kBodyAt = 146;
constexpr auto kNever = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view kTags = "\"tags\":";
constexpr std::size_t kTail = std::string_view{",\"sig\":\"\"}"}.size() + 2 * kSignatureBytes;

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

/// The piece of the JSON of an event whose fields are in NIP-01's order.
std::string_view BodyOf(std::string_view json)
{
    const auto start = json.find(kTags);
    BERTH_ASSERT(start != std::string_view::npos && json.size() > start + kTail);
    return json.substr(start, json.size() - kTail - start);
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
    std::array<char, 2 * kHexed> digits;
    WriteHex(bytes_.substr(0, kHexed), digits.data());
    const std::string_view hex{digits.data(), digits.size()};
    const auto created = std::to_string(created_at());
    const auto kind = std::to_string(this->kind());
    return EventText::Joined({"{\"id\":\"", hex.substr(0, 64), "\",\"pubkey\":\"",
                              hex.substr(64, 64), "\",\"created_at\":", created, ",\"kind\":", kind,
                              ",", body(), ",\"sig\":\"", hex.substr(128), "\"}"});
}

nostr::Event LmdbRecord::Event() const
{
    const auto json = Json();
    const auto event = nostr::ParseEvent(json, {.bytes = json.size()}, nostr::EventSyntax::kNip01);
    BERTH_ASSERT(event.has_value());
    return *event;
}

}  // namespace berth::relay
