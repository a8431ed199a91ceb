#include "marketplace/call/signed_event.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include <google/protobuf/util/json_util.h>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"

namespace berth::call {
namespace {

using google::protobuf::Message;

constexpr std::chrono::minutes kClockTolerance{10};
constexpr std::size_t kEventBytesMax = 64 * 1024;
constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kTimeDigitsMax = 15;
constexpr std::size_t kPaymentTagSize =
    7;  // payment, ilp, channel, amount, nonce, signature, currency.

Error BadTerms(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_TERMS", std::move(message));
}

/// The value of a tag that stands exactly once.
std::optional<std::string> OnlyTag(const nostr::Event& event, std::string_view name)
{
    const auto named = [&](const nostr::Tag& tag) { return !tag.empty() && tag[0] == name; };
    if (std::count_if(event.tags.begin(), event.tags.end(), named) != 1) return std::nullopt;
    return event.TagValue(name);
}

Result<void> CheckTimes(const nostr::Event& event, Time now)
{
    const auto seconds = ToUnixSeconds(now);
    const auto expiration = OnlyTag(event, "expiration");
    std::int64_t expires = 0;
    if (expiration && expiration->size() <= kTimeDigitsMax && IsPlainDecimal(*expiration)) {
        std::from_chars(expiration->data(), expiration->data() + expiration->size(), expires);
    }
    if (expires <= seconds) {
        return Fail(ErrorCode::kInvalid, "EVENT_EXPIRED", "The event names no expiration ahead.");
    }
    constexpr auto kTolerance = std::chrono::seconds{kClockTolerance}.count();
    if (event.created_at < seconds - kTolerance || event.created_at > seconds + kTolerance) {
        return Fail(ErrorCode::kInvalid, "CLOCK_OFF",
                    "The event was made more than 10 minutes from now.");
    }
    return {};
}

/// The one name of a field that protobuf-JSON takes under two spellings.
std::string JsonName(std::string_view key)
{
    std::string name;
    bool raise = false;
    for (const char c : key) {
        if (c == '_') {
            raise = true;
            continue;
        }
        name += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        raise = false;
    }
    return name;
}

/// True if an object says the same field twice, as `relay_name` and as `relayName`.
bool SpellsAFieldTwice(const boost::json::value& value)
{
    if (const auto* array = value.if_array()) {
        return std::any_of(array->begin(), array->end(), SpellsAFieldTwice);
    }
    const auto* object = value.if_object();
    if (!object) return false;
    std::set<std::string> names;
    return std::any_of(object->begin(), object->end(), [&](const auto& member) {
        return !names.insert(JsonName(member.key())).second || SpellsAFieldTwice(member.value());
    });
}

/// Fills terms of plain text, as those of an order are: a tenth of what the general reader of
/// protobuf-JSON takes. False, with `terms` perhaps half filled, where it is the one to read them.
bool FillTexts(const boost::json::object& content, Message& terms)
{
    using google::protobuf::FieldDescriptor;
    const auto& fields = *terms.GetDescriptor();
    for (const auto& [key, value] : content) {
        const std::string name{key};
        const auto* field = fields.FindFieldByCamelcaseName(name);
        if (!field) field = fields.FindFieldByName(name);
        const auto* text = value.if_string();
        if (!text || !field || field->is_repeated() ||
            field->cpp_type() != FieldDescriptor::CPPTYPE_STRING ||
            field->type() == FieldDescriptor::TYPE_BYTES) {
            return false;
        }
        terms.GetReflection()->SetString(&terms, field, std::string{text->begin(), text->end()});
    }
    return true;
}

Result<void> ReadContent(const std::string& content, Message& terms)
{
    const auto parsed = ParseJsonStrict(
        content, {.bytes = kEventBytesMax, .depth = kDepthMax, .integers_only = true});
    if (!parsed) return BadTerms("The content is refused: " + parsed.error().message);
    if (!parsed->is_object()) return BadTerms("The content is not a JSON object.");
    if (SpellsAFieldTwice(*parsed)) return BadTerms("The content says a field twice.");
    if (FillTexts(parsed->get_object(), terms)) return {};
    terms.Clear();
    const auto read = google::protobuf::util::JsonStringToMessage(content, &terms);
    if (!read.ok()) return BadTerms("The content does not fit: " + read.message().ToString());
    return {};
}

std::string FieldOf(const Message& terms, const std::string& name)
{
    const auto* field = terms.GetDescriptor()->FindFieldByName(name);
    if (!field || field->is_repeated() ||
        field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        return {};
    }
    return terms.GetReflection()->GetString(terms, field);
}

std::string Lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// The tag is an envelope for programs that know no terms of ours: it may not say anything else.
Result<void> CheckPaymentTag(const nostr::Event& event, const Message& terms)
{
    for (const auto& tag : event.tags) {
        if (tag.empty() || tag[0] != "payment") continue;
        const bool agrees = tag.size() == kPaymentTagSize && tag[1] == "ilp" &&
                            Lower(tag[2]) == Lower(FieldOf(terms, "channel_id")) &&
                            tag[3] == FieldOf(terms, "cumulative") &&
                            Lower(tag[5]) == Lower(FieldOf(terms, "signature")) &&
                            Lower(tag[6]) == FieldOf(terms, "rail");
        if (!agrees) return BadTerms("The `payment` tag does not agree with the content.");
    }
    return {};
}

}  // namespace

Result<nostr::Event> ReadSignedEvent(const std::string& json, int kind)
{
    auto event = nostr::ParseEvent(
        json, {.bytes = kEventBytesMax, .depth = kDepthMax, .integers_only = true});
    if (!event) return event.error();
    if (event->kind != kind) {
        return Fail(ErrorCode::kInvalid, "WRONG_KIND",
                    "This call takes events of kind " + std::to_string(kind) + ".");
    }
    if (const auto genuine = nostr::VerifyEvent(*event); !genuine) return genuine.error();
    return event;
}

Result<void> ReadTerms(const nostr::Event& event, const std::string& marketplace, Time now,
                       Message& terms)
{
    if (OnlyTag(event, "p") != marketplace) {
        return Fail(ErrorCode::kInvalid, "WRONG_MARKETPLACE",
                    "The event is not for this marketplace alone.");
    }
    if (OnlyTag(event, "v") != "1") {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_VERSION", "The event is not of version 1.");
    }
    if (const auto timely = CheckTimes(event, now); !timely) return timely.error();
    if (const auto read = ReadContent(event.content, terms); !read) return read.error();
    return CheckPaymentTag(event, terms);
}

}  // namespace berth::call
