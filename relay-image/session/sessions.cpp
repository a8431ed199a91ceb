#include "relay-image/session/sessions.hpp"

#include <algorithm>
#include <utility>

#include "relay-image/session/session.hpp"

namespace berth::relay {

void Sessions::Add(std::shared_ptr<Session> session) { sessions_.insert(std::move(session)); }

void Sessions::Remove(const std::shared_ptr<Session>& session) { sessions_.erase(session); }

void Sessions::Deliver(const EventPtr& event)
{
    ++deliveries_;
    for (const auto& [session, subscription] : interests_.Candidates(event->event)) {
        if (std::exchange(subscription->last_delivery, deliveries_) == deliveries_) continue;
        figures_.delivered += session->Offer(*subscription, event);
    }
}

void Sessions::Tend()
{
    const auto now = Figures::Steady::now();
    for (const auto& session : sessions_) session->Tend(now);
}

void Sessions::Obey(const AccessPolicy& access)
{
    for (const auto& session : sessions_) session->Obey(access);
}

void Sessions::StopTaking()
{
    for (const auto& session : sessions_) session->StopTaking();
}

void Sessions::CloseAll()
{
    for (const auto& session : sessions_) session->Close();
}

bool Sessions::Settled() const
{
    return std::ranges::none_of(sessions_,
                                [](const auto& session) { return session->unanswered() > 0; });
}

std::size_t Sessions::CountSubscriptions() const
{
    std::size_t count = 0;
    for (const auto& session : sessions_) count += session->subscription_count();
    return count;
}

}  // namespace berth::relay
