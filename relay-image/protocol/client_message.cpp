#include "relay-image/protocol/client_message.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

Refusal Notice(const std::string& text) { return {NoticeMessage("invalid: " + text)}; }

std::string_view TextOf(const json::string& text) { return {text.data(), text.size()}; }

/// The refusal of an event, by OK if it says its id.
Refusal RefuseEvent(const json::value& value, const std::string& why)
{
    const auto* object = value.if_object();
    const auto* id = object ? object->if_contains("id") : nullptr;
    if (id && id->is_string() && IsLowerHex(TextOf(id->get_string()), 64)) {
        return {OkMessage(TextOf(id->get_string()), false, "invalid: " + why)};
    }
    return Notice(why);
}

template <typename Request>
ClientMessage ReadEvent(const json::array& message)
{
    if (message.size() != 2) return Notice("an event's message has two items");
    auto event = nostr::ParseEvent(message[1]);
    if (!event) return RefuseEvent(message[1], event.error().message);
    return Request{std::move(*event)};
}

const json::string* ReadSubscription(const json::array& message, const Limits& limits)
{
    const auto* name = message.size() >= 2 ? message[1].if_string() : nullptr;
    const bool sound =
        name && !name->empty() && CountCharacters(TextOf(*name)) <= limits.max_subid_length;
    return sound ? name : nullptr;
}

ClientMessage ReadSubscribe(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name) {
        return Notice("a subscription id is a string of 1 to " +
                      std::to_string(limits.max_subid_length) + " characters");
    }
    SubscribeRequest request{.subscription = std::string{TextOf(*name)}, .filters = {}};
    const auto refuse = [&](const std::string& why) {
        return Refusal{ClosedMessage(request.subscription, why)};
    };
    const auto filters = message.size() - 2;
    if (filters == 0) return refuse("invalid: a REQ has at least one filter");
    if (filters > limits.max_filters) {
        return refuse("invalid: a REQ has at most " + std::to_string(limits.max_filters) +
                      " filters");
    }
    for (std::size_t i = 2; i < message.size(); ++i) {
        auto filter = ParseFilter(message[i]);
        if (!filter) {
            const bool unknown = filter.error().reason == "UNKNOWN_FILTER_FIELD";
            return refuse((unknown ? "unsupported: " : "invalid: ") + filter.error().message);
        }
        request.filters.push_back(std::move(*filter));
    }
    return request;
}

ClientMessage ReadClose(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name || message.size() != 2) return Notice("a CLOSE names one subscription");
    return CloseRequest{std::string{TextOf(*name)}};
}

}  // namespace

bool LooksLikeEvent(std::string_view text) { return text.starts_with(R"(["EVENT")"); }

std::size_t CountCharacters(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

ClientMessage ParseClientMessage(std::string_view text, const Limits& limits)
{
    const auto value =
        ParseJsonStrict(text, {.bytes = limits.max_message_bytes, .integers_only = true});
    if (!value) return Notice(value.error().message);
    const auto* message = value->if_array();
    const auto* verb = message && !message->empty() ? message->front().if_string() : nullptr;
    if (!verb) return Notice("a message is a JSON array that starts with its verb");
    if (*verb == "EVENT") return ReadEvent<PublishRequest>(*message);
    if (*verb == "REQ") return ReadSubscribe(*message, limits);
    if (*verb == "CLOSE") return ReadClose(*message, limits);
    if (*verb == "AUTH") return ReadEvent<AuthRequest>(*message);
    return Notice("unknown message " + std::string{TextOf(*verb)}.substr(0, 32));
}

}  // namespace berth::relay
