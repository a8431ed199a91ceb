#include "relay-image/session/event_intake.hpp"

#include <boost/asio/post.hpp>

#include "core/base/assert.hpp"
#include "relay-image/payment/paywall.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {

EventIntake::EventIntake(const Limits& limits, const AccessPolicy& access, const Clock& clock,
                         Throttle& throttle, Paywall& paywall, EventWriter& writer,
                         unsigned threads)
    : limits_{std::make_shared<const Limits>(limits)},
      access_{access},
      clock_{clock},
      throttle_{throttle},
      paywall_{paywall},
      writer_{writer},
      pool_{threads}
{
}

EventIntake::~EventIntake()
{
    pool_.join();
    paywall_.Stop();  // It calls back into this object.
}

void EventIntake::AnswerRequestsBy(Membership& membership, Governor& governor)
{
    membership_ = &membership;
    governor_ = &governor;
}

void EventIntake::Use(const Limits& limits) { limits_ = std::make_shared<const Limits>(limits); }

void EventIntake::Submit(std::string message, Origin origin, std::weak_ptr<Publisher> publisher)
{
    boost::asio::post(pool_, [this, message = std::move(message), origin = std::move(origin),
                              limits = limits_, publisher = std::move(publisher)] {
        Process(message, origin, *limits, publisher);
    });
}

void EventIntake::Process(const std::string& message, const Origin& origin, const Limits& limits,
                          const std::weak_ptr<Publisher>& publisher)
{
    const auto refuse = [&](std::string reply) {
        if (const auto who = publisher.lock()) who->OnRefused(std::move(reply));
    };
    auto parsed = ParseClientMessage(message, limits);
    if (auto* refusal = std::get_if<Refusal>(&parsed)) return refuse(std::move(refusal->reply));
    auto* request = std::get_if<PublishRequest>(&parsed);
    BERTH_ASSERT(request);  // The caller looked at the verb.
    const auto id = request->event.id;
    if (const auto why = WhyNotTake(request->event, origin); !why.empty()) {
        return refuse(OkMessage(id, false, why));
    }
    auto admitted =
        Admit(std::move(request->event), limits, ToUnixSeconds(clock_.Now()), origin.relay_url);
    if (const auto* why = std::get_if<std::string>(&admitted)) {
        return refuse(OkMessage(id, false, *why));
    }
    const auto& event = std::get<EventPtr>(admitted);
    if (const auto why =
            throttle_.WhyNotKey(event->event.pubkey, origin.address, Throttle::Steady::now());
        !origin.fetched && !why.empty()) {
        return refuse(OkMessage(id, false, why));
    }
    if (membership_ && !origin.fetched && IsMembershipRequest(event->event.kind)) {
        return membership_->Take(*governor_, event->event,
                                 [id, publisher](bool accepted, const std::string& text) {
                                     if (const auto who = publisher.lock()) {
                                         who->OnAnswered(OkMessage(id, accepted, text));
                                     }
                                 });
    }
    // Nobody here pays for what the relay fetches by itself.
    origin.fetched ? Keep(event, publisher) : TakePaid(event, publisher);
}

void EventIntake::TakePaid(const EventPtr& event, const std::weak_ptr<Publisher>& publisher)
{
    paywall_.Admit(event->event, [this, event, publisher](const PaymentDecision& decision) {
        if (decision.kind != PaymentDecision::Kind::kRefused) return Keep(event, publisher);
        if (const auto who = publisher.lock()) {
            who->OnRefused(OkMessage(event->event.id, false, decision.text));
        }
    });
}

void EventIntake::Keep(const EventPtr& event, const std::weak_ptr<Publisher>& publisher)
{
    const auto who = publisher.lock();
    if (IsEphemeral(event->event.kind)) {
        if (who) who->OnAccepted(event);
        return;
    }
    if (writer_.Enqueue({event, publisher})) return;
    paywall_.Settle(event->event, false);
    if (who) {
        who->OnRefused(OkMessage(event->event.id, false,
                                 "rate-limited: the relay is busy; send it again later"));
    }
}

std::string EventIntake::WhyNotTake(const nostr::Event& event, const Origin& origin) const
{
    if (origin.fetched && IsProtected(event)) return "blocked: it is not for this relay";
    return origin.fetched ? access_.WhyNotStore(event) : access_.WhyNotPublish(event, *origin.keys);
}

}  // namespace berth::relay
