#include "tests/fuzz/protocol_targets.hpp"

#include <boost/json/parse.hpp>

#include "core/base/assert.hpp"
#include "core/base/strict_json.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/protocol/client_message.hpp"

namespace berth::relay::fuzz {
namespace {

const Limits kLimits{.max_message_bytes = 65536, .max_subscriptions = 4, .max_filters = 4};

nostr::Event SomeEvent()
{
    return {.id = std::string(64, 'a'),
            .pubkey = std::string(64, 'b'),
            .created_at = 1700000000,
            .kind = 1,
            .tags = {{"t", "sea"}, {"e", std::string(64, 'c')}, {"d"}},
            .content = "some words",
            .sig = std::string(128, 'd')};
}

}  // namespace

void ReadEvent(std::string_view bytes)
{
    for (const auto syntax : {nostr::EventSyntax::kStrict, nostr::EventSyntax::kNip01}) {
        const auto event = nostr::ParseEvent(bytes, {}, syntax);
        if (!event) continue;
        const auto again = nostr::ParseEvent(nostr::ToJson(*event), {}, syntax);
        BERTH_ASSERT(again && *again == *event);  // Nothing is lost on the way to a client.
        BERTH_ASSERT(nostr::ComputeId(*event).size() == 64);
        [[maybe_unused]] const auto verified = nostr::VerifyEvent(*event);
    }
}

void ReadFilter(std::string_view bytes)
{
    const auto value = ParseJsonStrict(bytes, {.integers_only = true});
    if (!value) return;
    const auto filter = ParseFilter(*value);
    if (!filter) return;
    const auto fits = filter->Matches(SomeEvent());
    BERTH_ASSERT(!fits || !filter->MatchesNothing());
}

void ReadClientMessage(std::string_view bytes)
{
    const auto message = ParseClientMessage(bytes, kLimits);
    if (const auto* refusal = std::get_if<Refusal>(&message)) {
        const auto reply = ParseJsonStrict(refusal->reply);
        BERTH_ASSERT(reply && reply->is_array());
    }
    if (const auto* request = std::get_if<SubscribeRequest>(&message)) {
        BERTH_ASSERT(request->filters.size() <= kLimits.max_filters);
        BERTH_ASSERT(CountCharacters(request->subscription) <= kLimits.max_subid_length);
    }
}

}  // namespace berth::relay::fuzz
