#include "core/nostr/event.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

namespace json = boost::json;

void AppendQuoted(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += kHex[static_cast<unsigned char>(c) >> 4];
                    out += kHex[c & 15];
                } else {
                    out += c;
                }
        }
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

/// Copies a string field; false if it is not a string or holds U+0000.
bool ReadText(const json::value& value, std::string& into)
{
    const auto* text = value.if_string();
    if (!text || text->find('\0') != json::string::npos) return false;
    into.assign(text->data(), text->size());
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

Result<Event> ParseEvent(std::string_view text, const JsonLimits& limits)
{
    auto strict = limits;
    strict.integers_only = true;
    const auto value = ParseJsonStrict(text, strict);
    if (!value) return value.error();
    return ParseEvent(*value);
}

Result<Event> ParseEvent(const json::value& value)
{
    const auto* object = value.if_object();
    if (!object) return BadEvent("An event is a JSON object.");
    Event event;
    unsigned seen = 0;
    for (const auto& [key, field] : *object) {
        if (key == "id" && ReadText(field, event.id) && IsLowerHex(event.id, 64)) {
            seen |= 1;
        } else if (key == "pubkey" && ReadText(field, event.pubkey) && IsLowerHex(event.pubkey, 64)) {
            seen |= 2;
        } else if (key == "sig" && ReadText(field, event.sig) && IsLowerHex(event.sig, 128)) {
            seen |= 4;
        } else if (key == "created_at" && field.is_int64() && field.get_int64() >= 0) {
            event.created_at = field.get_int64();
            seen |= 8;
        } else if (key == "kind" && field.is_int64() && field.get_int64() >= 0 &&
                   field.get_int64() <= 65535) {
            event.kind = static_cast<int>(field.get_int64());
            seen |= 16;
        } else if (key == "tags" && ReadTags(field, event.tags)) {
            seen |= 32;
        } else if (key == "content" && ReadText(field, event.content)) {
            seen |= 64;
        } else {
            return BadEvent("The event's field \"" + std::string{key} + "\" is unknown or malformed.");
        }
    }
    if (seen != 127) return BadEvent("The event lacks a field.");
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
