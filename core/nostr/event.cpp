#include "core/nostr/event.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

namespace json = boost::json;

bool IsPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void AppendEscaped(std::string& out, char c)
{
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default: out += "\\u00" + ToHex({&c, 1});
    }
}

void AppendQuoted(std::string& out, std::string_view text)
{
    out += '"';
    for (auto at = text.begin(); at != text.end();) {
        const auto special = std::find_if_not(at, text.end(), IsPlain);
        out.append(at, special);
        at = special;
        if (at != text.end()) AppendEscaped(out, *at++);
    }
    out += '"';
}

void AppendTags(std::string& out, const std::vector<Tag>& tags)
{
    out += '[';
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (i > 0) out += ',';
        out += '[';
        for (std::size_t j = 0; j < tags[i].size(); ++j) {
            if (j > 0) out += ',';
            AppendQuoted(out, tags[i][j]);
        }
        out += ']';
    }
    out += ']';
}

Error BadEvent(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_EVENT", std::move(message));
}

bool ReadText(const json::value& value, std::string& into)
{
    const auto* text = value.if_string();
    if (!text) return false;
    into.assign(text->data(), text->size());
    return true;
}

bool ReadHex(const json::value& value, std::size_t length, std::string& into)
{
    return ReadText(value, into) && IsLowerHex(into, length);
}

bool ReadInteger(const json::value& value, std::int64_t most, std::int64_t& into)
{
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > most) return false;
    into = value.get_int64();
    return true;
}

bool ReadTags(const json::value& value, std::vector<Tag>& into)
{
    const auto* tags = value.if_array();
    if (!tags) return false;
    into.reserve(tags->size());
    for (const auto& item : *tags) {
        const auto* tag = item.if_array();
        if (!tag) return false;
        auto& texts = into.emplace_back();
        for (const auto& text : *tag) {
            if (!ReadText(text, texts.emplace_back())) return false;
        }
    }
    return true;
}

constexpr std::array<std::string_view, 7> kFields{"id",   "pubkey",  "created_at", "kind",
                                                  "tags", "content", "sig"};

bool ReadField(std::size_t field, const json::value& value, Event& event)
{
    std::int64_t kind = 0;
    switch (field) {
        case 0: return ReadHex(value, 64, event.id);
        case 1: return ReadHex(value, 64, event.pubkey);
        case 2:
            return ReadInteger(value, std::numeric_limits<std::int64_t>::max(), event.created_at);
        case 3:
            if (!ReadInteger(value, 65535, kind)) return false;
            event.kind = static_cast<int>(kind);
            return true;
        case 4: return ReadTags(value, event.tags);
        case 5: return ReadText(value, event.content);
        case 6: return ReadHex(value, 128, event.sig);
        default: return false;
    }
}

bool HoldsNul(const Event& event)
{
    const auto holds = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    return holds(event.content) ||
           std::any_of(event.tags.begin(), event.tags.end(),
                       [&](auto& tag) { return std::any_of(tag.begin(), tag.end(), holds); });
}

Bytes32 IdBytes(const Event& event) { return Sha256(SerializeForId(event)); }

}  // namespace

std::optional<std::string> Event::TagValue(std::string_view name) const
{
    for (const auto& tag : tags) {
        if (tag.size() >= 2 && tag[0] == name) return tag[1];
    }
    return std::nullopt;
}

std::string SerializeForId(const Event& event)
{
    std::string text;
    text.reserve(128 + event.content.size() + 96 * event.tags.size());
    text += "[0,\"";
    text += event.pubkey;
    text += "\",";
    text += std::to_string(event.created_at);
    text += ',';
    text += std::to_string(event.kind);
    text += ',';
    AppendTags(text, event.tags);
    text += ',';
    AppendQuoted(text, event.content);
    text += ']';
    return text;
}

std::string ComputeId(const Event& event) { return ToHex(IdBytes(event)); }

std::string ToJson(const Event& event)
{
    std::string text;
    text.reserve(384 + event.content.size() + 96 * event.tags.size());
    text += "{\"id\":\"" + event.id + "\",\"pubkey\":\"" + event.pubkey;
    text += "\",\"created_at\":" + std::to_string(event.created_at);
    text += ",\"kind\":" + std::to_string(event.kind) + ",\"tags\":";
    AppendTags(text, event.tags);
    text += ",\"content\":";
    AppendQuoted(text, event.content);
    text += ",\"sig\":\"" + event.sig + "\"}";
    return text;
}

Result<Event> ParseEvent(std::string_view text, const JsonLimits& limits, EventSyntax syntax)
{
    auto strict = limits;
    strict.integers_only = true;
    const auto value = ParseJsonStrict(text, strict);
    if (!value) return value.error();
    return ParseEvent(*value, syntax);
}

Result<Event> ParseEvent(const json::value& value, EventSyntax syntax)
{
    const auto* object = value.if_object();
    if (!object) return BadEvent("An event is a JSON object.");
    Event event;
    std::size_t seen = 0;
    for (const auto& [key, field] : *object) {
        const auto name = std::find(kFields.begin(), kFields.end(), std::string_view{key});
        if (name == kFields.end() && syntax == EventSyntax::kNip01) continue;
        if (!ReadField(static_cast<std::size_t>(name - kFields.begin()), field, event)) {
            return BadEvent("The event's field \"" + std::string{key} +
                            "\" is unknown or malformed.");
        }
        ++seen;
    }
    if (seen != kFields.size()) return BadEvent("The event lacks a field.");
    if (syntax == EventSyntax::kStrict && HoldsNul(event)) {
        return BadEvent("The event holds U+0000.");
    }
    return event;
}

Result<void> VerifyEvent(const Event& event)
{
    const auto id = IdBytes(event);
    if (ToHex(id) != event.id) {
        return Fail(ErrorCode::kUnauthenticated, "BAD_EVENT_ID", "The id is not the event's hash.");
    }
    const auto signature = FromHex(event.sig);
    if (!signature || !VerifySchnorr(event.pubkey, id, *signature)) {
        return Fail(ErrorCode::kUnauthenticated, "BAD_SIGNATURE",
                    "The signature does not belong to the event's public key.");
    }
    return {};
}

void SignEvent(Event& event, const SecretKey& key)
{
    event.pubkey = key.pubkey();
    const auto id = IdBytes(event);
    event.id = ToHex(id);
    event.sig = ToHex(key.Sign(id));
}

std::string OrderId(std::string_view event_id_hex)
{
    const auto bytes = FromHex(event_id_hex.substr(0, 32));
    BERTH_ASSERT(bytes && bytes->size() == 16);
    return ToBase32(*bytes);
}

}  // namespace berth::nostr
