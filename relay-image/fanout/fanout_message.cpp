#include "relay-image/fanout/fanout_message.hpp"

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kSenderDigits = 32;
constexpr JsonLimits kLimits{.bytes = 17 << 20, .depth = 32, .integers_only = true};

}  // namespace

std::string FanoutMessage(std::string_view sender, std::string_view json)
{
    std::string message;
    message.reserve(sender.size() + 1 + json.size());
    return message.append(sender).append(" ").append(json);
}

bool IsOf(std::string_view message, std::string_view sender)
{
    return message.starts_with(sender) && message.substr(sender.size()).starts_with(' ');
}

Result<std::string_view> JsonOf(std::string_view message)
{
    const bool sound = message.size() > kSenderDigits && message[kSenderDigits] == ' ' &&
                       IsLowerHex(message.substr(0, kSenderDigits), kSenderDigits);
    if (!sound) return Fail(ErrorCode::kInvalid, "BAD_MESSAGE", "No relay writes such a message.");
    return message.substr(kSenderDigits + 1);
}

Result<EventPtr> ReadForeign(std::string_view json, std::int64_t now)
{
    auto event = nostr::ParseEvent(json, kLimits, nostr::EventSyntax::kNip01);
    if (!event) return event.error();
    const auto expires_at = ExpirationOf(*event);
    if (!expires_at) return expires_at.error();
    if (*expires_at && **expires_at <= now) {
        return Fail(ErrorCode::kInvalid, "EVENT_EXPIRED", "The event has expired.");
    }
    if (const auto verified = nostr::VerifyEvent(*event); !verified) return verified.error();
    auto text = nostr::ToJson(*event);
    return std::make_shared<const AdmittedEvent>(AdmittedEvent{
        .event = std::move(*event), .json = std::move(text), .expires_at = *expires_at});
}

}  // namespace berth::relay
