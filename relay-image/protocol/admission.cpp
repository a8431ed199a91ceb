#include "relay-image/protocol/admission.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/event_json.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/protocol/proof_of_work.hpp"
#include "relay-image/protocol/vanishing.hpp"

namespace berth::relay {
namespace {

/// What is wrong with the event by the limits; empty if nothing.
std::string OverLimit(const nostr::Event& event, const Limits& limits, std::int64_t now)
{
    if (event.tags.size() > limits.max_event_tags) {
        return "invalid: more than " + std::to_string(limits.max_event_tags) + " tags";
    }
    if (CountCharacters(event.content) > limits.max_content_length) {
        return "invalid: content of more than " + std::to_string(limits.max_content_length) +
               " characters";
    }
    if (event.created_at > now + limits.created_at_upper_limit) {
        return "invalid: created_at is too far in the future";
    }
    if (limits.created_at_lower_limit > 0 &&
        event.created_at < now - limits.created_at_lower_limit) {
        return "invalid: created_at is too far in the past";
    }
    if (event.kind == kAuthKind) return "invalid: an authentication is sent by AUTH, not by EVENT";
    return {};
}

bool IsRepost(int kind) { return kind == 6 || kind == 16; }

/// True for a repost (NIP-18) that carries a protected event along.
bool EmbedsProtected(const nostr::Event& event)
{
    if (!IsRepost(event.kind) || event.content.empty()) return false;
    const auto embedded = ReadEvent(event.content);
    return embedded && IsProtected(*embedded);
}

}  // namespace

Result<std::optional<std::int64_t>> ExpirationOf(const nostr::Event& event)
{
    const auto text = event.TagValue("expiration");
    if (!text) return std::optional<std::int64_t>{};
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (!IsPlainDecimal(*text) || read.ec != std::errc{}) {
        return Fail(ErrorCode::kInvalid, "BAD_EXPIRATION", "the expiration is not in Unix seconds");
    }
    return std::optional{seconds};
}

bool IsProtected(const nostr::Event& event)
{
    return std::ranges::any_of(event.tags, [](const auto& tag) { return tag == nostr::Tag{"-"}; });
}

std::variant<EventPtr, std::string> Admit(nostr::Event event, const Limits& limits,
                                          std::int64_t now, std::string_view relay_url)
{
    const auto received = std::chrono::steady_clock::now();
    if (auto fault = OverLimit(event, limits, now); !fault.empty()) return fault;
    auto fault = event.kind == kVanishKind  // Whoever wants to vanish owes nothing (NIP-62).
                     ? WhyNotVanish(event, relay_url)
                     : WhyTooLittleWork(event, limits.min_pow_difficulty);
    if (!fault.empty()) return fault;
    if (EmbedsProtected(event)) return "blocked: a protected event is not to be spread";
    const auto expires_at = ExpirationOf(event);
    if (!expires_at) return "invalid: " + expires_at.error().message;
    if (*expires_at && **expires_at <= now) return "invalid: the event has expired";
    if (const auto verified = nostr::VerifyEvent(event); !verified) {
        return "invalid: " + verified.error().message;
    }
    auto json = nostr::ToJson(event);
    return std::make_shared<const AdmittedEvent>(
        AdmittedEvent{std::move(event), std::move(json), *expires_at, received});
}

}  // namespace berth::relay
