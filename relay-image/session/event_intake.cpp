#include "relay-image/session/event_intake.hpp"

#include <boost/asio/post.hpp>

#include "core/base/assert.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {

EventIntake::EventIntake(const Limits& limits, const AccessPolicy& access, const Clock& clock,
                         EventWriter& writer, unsigned threads)
    : limits_{limits}, access_{access}, clock_{clock}, writer_{writer}, pool_{threads}
{
}

EventIntake::~EventIntake() { pool_.join(); }

void EventIntake::Submit(std::string message, std::shared_ptr<const Authenticated> keys,
                         std::weak_ptr<Publisher> publisher)
{
    boost::asio::post(pool_,
                      [this, message = std::move(message), keys = std::move(keys),
                       publisher = std::move(publisher)] { Process(message, *keys, publisher); });
}

void EventIntake::Process(const std::string& message, const Authenticated& keys,
                          const std::weak_ptr<Publisher>& publisher)
{
    const auto refuse = [&](std::string reply) {
        if (const auto who = publisher.lock()) who->OnRefused(std::move(reply));
    };
    auto parsed = ParseClientMessage(message, limits_);
    if (auto* refusal = std::get_if<Refusal>(&parsed)) return refuse(std::move(refusal->reply));
    auto* request = std::get_if<PublishRequest>(&parsed);
    BERTH_ASSERT(request);  // The caller looked at the verb.
    const auto id = request->event.id;
    if (const auto why = access_.WhyNotPublish(request->event, keys); !why.empty()) {
        return refuse(OkMessage(id, false, why));
    }
    auto admitted = Admit(std::move(request->event), limits_, ToUnixSeconds(clock_.Now()));
    if (const auto* why = std::get_if<std::string>(&admitted)) {
        return refuse(OkMessage(id, false, *why));
    }
    const auto& event = std::get<EventPtr>(admitted);
    if (IsEphemeral(event->event.kind)) {
        if (const auto who = publisher.lock()) who->OnAccepted(event);
    } else if (!writer_.Enqueue({event, publisher})) {
        refuse(OkMessage(id, false, "rate-limited: the relay is busy; send it again later"));
    }
}

}  // namespace berth::relay
