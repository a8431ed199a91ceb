#include "core/nostr/gift_wrap.hpp"

#include <boost/json/object.hpp>

#include "core/nostr/encryption.hpp"

namespace berth::nostr {
namespace {

constexpr int kSealKind = 13;
constexpr int kWrapKind = 1059;
constexpr std::int64_t kBackdatingSeconds = 2 * 24 * 3600;

Error BadGift(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_GIFT", std::move(message));
}

std::int64_t Backdated(Time now)
{
    std::uint32_t random = 0;
    for (const char byte : RandomBytes(4)) random = random << 8 | static_cast<unsigned char>(byte);
    return ToUnixSeconds(now) - random % kBackdatingSeconds;
}

/// A rumor is an event without `sig`; everything else about it is checked as for an event.
Result<Event> ParseRumor(std::string_view json)
{
    auto value = ParseJsonStrict(json, {.integers_only = true});
    if (!value) return value.error();
    auto* object = value->if_object();
    if (!object || object->contains("sig")) return BadGift("A rumor is an unsigned event.");
    object->emplace("sig", std::string(128, '0'));
    auto rumor = ParseEvent(*value);
    if (!rumor) return rumor.error();
    if (ComputeId(*rumor) != rumor->id) return BadGift("The rumor's id is not its hash.");
    rumor->sig.clear();
    return *rumor;
}

Result<Event> OpenSeal(const Event& wrap, const SecretKey& mine)
{
    const auto json = Decrypt44(wrap.content, mine, wrap.pubkey);
    if (!json) return json.error();
    const auto seal = ParseEvent(json->Expose());
    if (!seal) return seal.error();
    if (seal->kind != kSealKind || !seal->tags.empty()) return BadGift("The seal is not one.");
    if (const auto genuine = VerifyEvent(*seal); !genuine) return genuine.error();
    return *seal;
}

std::string RumorJson(const Event& rumor)
{
    auto json = ToJson(rumor);
    json.erase(json.rfind(",\"sig\":"));
    return json + "}";
}

}  // namespace

Result<Event> WrapGift(Event rumor, const SecretKey& author, std::string_view to_pubkey, Time now)
{
    rumor.pubkey = author.pubkey();
    rumor.id = ComputeId(rumor);
    const auto sealed = Encrypt44(Secret{RumorJson(rumor)}, author, to_pubkey);
    if (!sealed) return sealed.error();
    Event seal;
    seal.kind = kSealKind;
    seal.created_at = Backdated(now);
    seal.content = *sealed;
    SignEvent(seal, author);

    const auto once = SecretKey::Generate();
    const auto wrapped = Encrypt44(Secret{ToJson(seal)}, once, to_pubkey);
    if (!wrapped) return wrapped.error();
    Event wrap;
    wrap.kind = kWrapKind;
    wrap.created_at = Backdated(now);
    wrap.tags = {{"p", std::string{to_pubkey}}};
    wrap.content = *wrapped;
    SignEvent(wrap, once);
    return wrap;
}

Result<Event> UnwrapGift(const Event& wrap, const SecretKey& mine)
{
    if (wrap.kind != kWrapKind) return BadGift("A gift wrap is of kind 1059.");
    if (const auto genuine = VerifyEvent(wrap); !genuine) return genuine.error();
    const auto seal = OpenSeal(wrap, mine);
    if (!seal) return seal.error();
    const auto json = Decrypt44(seal->content, mine, seal->pubkey);
    if (!json) return json.error();
    const auto rumor = ParseRumor(json->Expose());
    if (!rumor) return rumor.error();
    if (rumor->pubkey != seal->pubkey) return BadGift("The rumor's author did not seal it.");
    return *rumor;
}

}  // namespace berth::nostr
