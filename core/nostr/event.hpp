#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/strict_json.hpp"
#include "core/nostr/keys.hpp"

namespace berth::nostr {

using Tag = std::vector<std::string>;

/// A Nostr event as NIP-01 defines it. Ids, keys and signatures are lower-case hex.
struct Event {
    std::string id;
    std::string pubkey;
    std::int64_t created_at = 0;  ///< Unix seconds.
    int kind = 0;                 ///< 0..65535.
    std::vector<Tag> tags;
    std::string content;
    std::string sig;

    /// The second item of the first tag of that name.
    std::optional<std::string> TagValue(std::string_view name) const;

    bool operator==(const Event&) const = default;
};

/// The text that is hashed: `[0,pubkey,created_at,kind,tags,content]`, escaped as NIP-01 says.
std::string SerializeForId(const Event& event);
/// SHA-256 of SerializeForId, as hex.
std::string ComputeId(const Event& event);
/// The event as a JSON object on one line, fields in NIP-01's order.
std::string ToJson(const Event& event);

/// How much of what NIP-01 leaves open an event may use.
enum class EventSyntax {
    kStrict,  ///< No unknown field and no U+0000: for what is stored as evidence.
    kNip01,   ///< Unknown fields are ignored and U+0000 is a character: for what relays pass on.
};

/// Reads an event without checking id or signature. Refuses duplicate keys, lone surrogates,
/// non-integers, upper-case hex and kinds outside 0..65535; unknown fields and U+0000 by `syntax`.
/// Errors: kInvalid, those of ParseJsonStrict and `BAD_EVENT`.
Result<Event> ParseEvent(std::string_view json, const JsonLimits& limits = {},
                         EventSyntax syntax = EventSyntax::kStrict);
/// The same for a value that was parsed already with integers_only.
Result<Event> ParseEvent(const boost::json::value& value,
                         EventSyntax syntax = EventSyntax::kStrict);

/// Checks the id against the content, and the BIP-340 signature. Thread-safe; some 45 us.
/// Errors: kUnauthenticated `BAD_EVENT_ID`, `BAD_SIGNATURE`.
Result<void> VerifyEvent(const Event& event);

/// Fills pubkey, id and sig.
void SignEvent(Event& event, const SecretKey& key);

/// The order's id of an order event: base32 of the first 128 bits of its id, 26 characters; also a
/// DNS label.
std::string OrderId(std::string_view event_id_hex);

}  // namespace berth::nostr
