#include "tests/conformance/relay_storage/event_maker.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay::test {

std::string KeyOf(const std::string& name) { return ToHex(Sha256(name)); }

EventPtr Make(const Draft& draft)
{
    nostr::Event event{.id = {},
                       .pubkey = draft.author,
                       .created_at = draft.created_at,
                       .kind = draft.kind,
                       .tags = draft.tags,
                       .content = draft.content,
                       .sig = {}};
    event.id = nostr::ComputeId(event);
    event.sig = ToHex(Sha256("r" + event.id)) + ToHex(Sha256("s" + event.id));
    auto json = nostr::ToJson(event);
    const auto expires_at = ExpirationOf(event).value();
    return std::make_shared<const AdmittedEvent>(
        AdmittedEvent{std::move(event), std::move(json), expires_at});
}

EventPtr MakeWithIdHead(Draft draft, const std::string& head)
{
    draft.tags.push_back({"nonce", ""});
    for (int nonce = 0;; ++nonce) {
        draft.tags.back()[1] = std::to_string(nonce);
        auto event = Make(draft);
        if (event->event.id.starts_with(head)) return event;
    }
}

std::string IdOf(const EventPtr& event) { return FromHex(event->event.id).value(); }

std::vector<std::string> Contents(const std::vector<StoredEvent>& events)
{
    std::vector<std::string> contents;
    for (const auto& event : events) {
        contents.push_back(
            nostr::ParseEvent(event.json, {}, nostr::EventSyntax::kNip01).value().content);
    }
    return contents;
}

}  // namespace berth::relay::test
