#include "relay-image/protocol/client_message.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"
#include "relay-image/protocol/hyperloglog.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr std::size_t kShownOfVerb = 32;  ///< Bytes.

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
    auto event = nostr::ParseEvent(message[1], nostr::EventSyntax::kNip01);
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

Refusal RefuseSubscription(const Limits& limits)
{
    return Notice("a subscription id is a string of 1 to " +
                  std::to_string(limits.max_subid_length) + " characters");
}

/// Why a filter cannot be served, with its prefix.
std::string FaultOf(const Error& error)
{
    const bool unknown = error.reason == "UNKNOWN_FILTER_FIELD";
    return (unknown ? "unsupported: " : "invalid: ") + error.message;
}

/// Reads what stands behind the id of a REQ or COUNT; returns why it cannot be served.
std::string ReadFilters(const json::array& message, const Limits& limits,
                        std::vector<Filter>& filters)
{
    if (message.size() == 2) return "invalid: at least one filter is needed";
    if (message.size() - 2 > limits.max_filters) {
        return "invalid: at most " + std::to_string(limits.max_filters) + " filters are taken";
    }
    for (std::size_t i = 2; i < message.size(); ++i) {
        auto filter = ParseFilter(message[i]);
        if (!filter) return FaultOf(filter.error());
        filters.push_back(std::move(*filter));
    }
    return {};
}

ClientMessage ReadSubscribe(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name) return RefuseSubscription(limits);
    SubscribeRequest request{.subscription = std::string{TextOf(*name)}, .filters = {}};
    const auto fault = ReadFilters(message, limits, request.filters);
    if (!fault.empty()) return Refusal{ClosedMessage(request.subscription, fault)};
    return request;
}

ClientMessage ReadCount(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name) return RefuseSubscription(limits);
    CountRequest request{.query = std::string{TextOf(*name)}, .filters = {}, .hll_offset = {}};
    const auto fault = ReadFilters(message, limits, request.filters);
    if (!fault.empty()) return Refusal{ClosedMessage(request.query, fault)};
    if (message.size() == 3) request.hll_offset = HllOffsetOf(message[2].get_object());
    return request;
}

/// The bytes of a negentropy message; nothing if it is no hex.
std::optional<std::string> ReadBytes(const json::value& value)
{
    const auto* text = value.if_string();
    return text ? FromHex(TextOf(*text)) : std::nullopt;
}

ClientMessage ReadOpenSync(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name) return RefuseSubscription(limits);
    OpenSyncRequest request{.sync = std::string{TextOf(*name)}, .filter = {}, .message = {}};
    const auto refuse = [&](const std::string& why) {
        return Refusal{SyncErrorMessage(request.sync, why)};
    };
    if (message.size() != 4) return refuse("invalid: NEG-OPEN has four items");
    auto filter = ParseFilter(message[2]);
    if (!filter) return refuse(FaultOf(filter.error()));
    request.filter = std::move(*filter);
    auto bytes = ReadBytes(message[3]);
    if (!bytes) return refuse("invalid: the message is not hexadecimal");
    request.message = std::move(*bytes);
    return request;
}

ClientMessage ReadContinueSync(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name) return RefuseSubscription(limits);
    auto bytes = message.size() == 3 ? ReadBytes(message[2]) : std::nullopt;
    if (!bytes) {
        return Refusal{
            SyncErrorMessage(TextOf(*name), "invalid: NEG-MSG has one hexadecimal message")};
    }
    return ContinueSyncRequest{std::string{TextOf(*name)}, std::move(*bytes)};
}

template <typename Request>
ClientMessage ReadClose(const json::array& message, const Limits& limits)
{
    const auto* name = ReadSubscription(message, limits);
    if (!name || message.size() != 2) return Notice("what is to be closed is named alone");
    return Request{std::string{TextOf(*name)}};
}

}  // namespace

bool LooksLikeEvent(std::string_view text) { return text.starts_with(R"(["EVENT")"); }

std::size_t CountCharacters(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view Shortened(std::string_view text, std::size_t most)
{
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
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
    if (*verb == "CLOSE") return ReadClose<CloseRequest>(*message, limits);
    if (*verb == "COUNT") return ReadCount(*message, limits);
    if (*verb == "NEG-OPEN") return ReadOpenSync(*message, limits);
    if (*verb == "NEG-MSG") return ReadContinueSync(*message, limits);
    if (*verb == "NEG-CLOSE") return ReadClose<CloseSyncRequest>(*message, limits);
    if (*verb == "AUTH") return ReadEvent<AuthRequest>(*message);
    return Notice("unknown message " + std::string{Shortened(TextOf(*verb), kShownOfVerb)});
}

}  // namespace berth::relay
