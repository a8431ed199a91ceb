#include "relay-image/session/session.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/relay_auth.hpp"
#include "relay-image/protocol/relay_message.hpp"
#include "relay-image/protocol/visibility.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxUnanswered = 512;           ///< Events; then reading waits.
constexpr std::size_t kMaxUnansweredBytes = 1 << 20;  ///< The same.
constexpr std::size_t kMaxHeld = 10000;               ///< Live events behind one query.
constexpr std::size_t kMaxAuthenticated = 16;         ///< Keys of one connection.

constexpr auto kUnheard = "mute: nobody was listening for this ephemeral event";

std::string TextOf(Verdict verdict)
{
    switch (verdict) {
        case Verdict::kStored: return "";
        case Verdict::kDuplicate: return "duplicate: already have this event";
        case Verdict::kDeleted: return "blocked: its author deleted this event";
        case Verdict::kOutdated: return "duplicate: a newer version is kept";
        case Verdict::kForeign: return "blocked: only its author deletes an event";
    }
    return "error: unknown outcome";
}

/// Whether somebody asks the relay for an invite (NIP-43).
bool AsksForInvites(const std::vector<Filter>& filters)
{
    return std::ranges::any_of(
        filters, [](const auto& filter) { return filter.kinds == std::vector<int>{kInviteKind}; });
}

/// The id that an EVENT message seems to be about, without reading it as JSON.
std::string_view IdIn(std::string_view message)
{
    constexpr std::string_view kName = "\"id\"";
    const auto name = message.find(kName);
    if (name == std::string_view::npos) return {};
    const auto quote = message.find('"', name + kName.size());
    if (quote == std::string_view::npos) return {};
    const auto id = message.substr(quote + 1, 64);
    return IsLowerHex(id, 64) ? id : std::string_view{};
}

}  // namespace

Session::Session(Socket socket, Arrival arrival, SessionContext& context)
    : context_{context},
      arrival_{std::move(arrival)},
      socket_{std::make_shared<WebSocket>(std::move(socket), arrival_.options, context.shared)},
      challenge_{ToHex(RandomBytes(16))}
{
}

void Session::Start()
{
    if (!context_.profile.url.empty()) arrival_.relay_url = context_.profile.url;
    context_.sessions.Add(shared_from_this());
    socket_->Start(weak_from_this(), std::exchange(arrival_.response, {}),
                   std::exchange(arrival_.early, {}));
    Send(AuthMessage(challenge_));
}

void Session::OnEnd()
{
    if (socket_->dropped()) ++context_.figures.dropped;
    syncs_.reset();
    waiting_.clear();
    while (!subscriptions_.empty()) Unsubscribe(subscriptions_.begin());
    context_.sessions.Remove(shared_from_this());
}

void Session::OnBinary() { Send(NoticeMessage("invalid: messages are text")); }

void Session::OnMessage(std::string message)
{
    context_.figures.traffic.CountFromClient(message);
    if (!taking_) return;
    if (LooksLikeEvent(message)) return Publish(std::move(message));
    auto parsed = ParseClientMessage(message, context_.limits);
    if (std::holds_alternative<PublishRequest>(parsed)) return Publish(std::move(message));
    if (!MayAsk(parsed)) return;
    std::visit([this](auto& request) { Take(std::move(request)); }, parsed);
}

void Session::Publish(std::string message)
{
    const auto why = context_.throttle.WhyNotEvent(arrival_.address, Throttle::Steady::now());
    if (!why.empty()) {
        ++context_.figures.refused;
        const auto id = IdIn(message);
        return Send(id.empty() ? NoticeMessage(why) : OkMessage(id, false, why));
    }
    ++unanswered_;
    unanswered_bytes_ += message.size();
    if (HasEnough()) socket_->Pause();
    context_.intake.Submit(std::move(message),
                           {arrival_.address, authenticated_, arrival_.relay_url},
                           weak_from_this());
}

void Session::Take(SubscribeRequest request)
{
    const auto& name = request.subscription;
    if (const auto why = WhyNotShow(request.filters); !why.empty()) {
        return Send(ClosedMessage(name, why));
    }
    Forget(name);  // What it takes the place of is not wanted any more.
    const auto most = context_.limits.max_subscriptions;
    if (subscriptions_.size() >= most) {
        return Send(ClosedMessage(name, "restricted: at most " + std::to_string(most) +
                                            " subscriptions on one connection"));
    }
    auto room = RoomFor(request.filters);
    if (!room) return Send(ClosedMessage(name, room.error().message));
    const auto serial = ++last_serial_;
    auto& subscription = subscriptions_[name];
    subscription.serial = serial;
    subscription.filters = std::move(request.filters);
    subscription.room = std::move(*room);
    subscription.head = EventMessageHead(name);
    context_.sessions.interests().Add({this, &subscription});
    if (AsksForInvites(subscriptions_.at(name).filters) && context_.invite) {
        return AskForInvite(name, serial);
    }
    Query(name, serial);
}

void Session::Query(const std::string& name, std::uint64_t serial)
{
    waiting_.emplace_back(name, serial);
    QueryNext();
}

void Session::AskForInvite(const std::string& name, std::uint64_t serial)
{
    auto sent = [weak = weak_from_this(), name, serial](const std::optional<std::string>& json) {
        const auto session = weak.lock();
        if (!session) return;
        const auto found = session->subscriptions_.find(name);
        if (found == session->subscriptions_.end() || found->second.serial != serial) return;
        if (json) session->SendEvent(found->second, *json);
        session->Query(name, serial);
    };
    context_.invite(*authenticated_, [sent, executor = socket_->get_executor()](auto invite) {
        asio::post(executor, [sent, json = invite ? std::optional{nostr::ToJson(*invite)}
                                                  : std::nullopt] { sent(json); });
    });
}

void Session::Take(const CloseRequest& request)
{
    Forget(request.subscription);
    socket_->AcknowledgeNow();
}

void Session::Forget(const std::string& name)
{
    Unsubscribe(subscriptions_.find(name));
    std::erase_if(waiting_, [&](const auto& queued) { return queued.first == name; });
}

void Session::Unsubscribe(Subscriptions::iterator subscription)
{
    if (subscription == subscriptions_.end()) return;
    context_.sessions.interests().Remove({this, &subscription->second});
    subscriptions_.erase(subscription);
}

void Session::Take(const AuthRequest& request)
{
    const auto& event = request.event;
    const auto proved =
        nostr::VerifyRelayAuth(event, arrival_.relay_url, challenge_, context_.clock.Now());
    if (!proved) return Send(OkMessage(event.id, false, "invalid: " + proved.error().message));
    auto keys = *authenticated_;
    keys.insert(event.pubkey);
    if (keys.size() > kMaxAuthenticated) {
        return Send(OkMessage(event.id, false, "restricted: too many keys on one connection"));
    }
    if (const auto why = context_.access.WhyNotKnow(event.pubkey); !why.empty()) {
        return Send(OkMessage(event.id, false, why));
    }
    authenticated_ = std::make_shared<const Authenticated>(std::move(keys));
    for (auto& [name, subscription] : subscriptions_) {
        NarrowToReader(subscription.filters, *authenticated_);
    }
    Send(OkMessage(event.id, true, ""));
}

void Session::Send(std::string_view message)
{
    context_.figures.traffic.CountToClient(message);
    socket_->output().AppendTextFrame({message});
}

void Session::SendEvent(const Subscription& subscription, std::string_view json)
{
    context_.figures.traffic.CountToClient(subscription.head);
    socket_->output().AppendEventFrame(subscription.head, json);
}

bool Session::Offer(Subscription& subscription, const EventPtr& event)
{
    if (socket_->closing() || !subscription.Matches(event->event)) return false;
    if (subscription.live) {
        SendEvent(subscription, event->json);
    } else {
        subscription.held.push_back(event);
        if (subscription.held.size() > kMaxHeld) socket_->Drop();
    }
    return subscription.live;
}

bool Session::HasEnough() const
{
    return unanswered_ >= kMaxUnanswered || unanswered_bytes_ >= kMaxUnansweredBytes;
}

void Session::Answer(std::string_view reply)
{
    if (--unanswered_ == 0) unanswered_bytes_ = 0;
    Send(reply);
    if (!HasEnough()) socket_->Resume();
}

void Session::OnWritten(const EventPtr& event, const Result<Verdict>& outcome)
{
    if (!outcome) {
        ++context_.figures.refused;
        return Answer(
            OkMessage(event->event.id, false, "error: it could not be stored; send it again"));
    }
    const bool stored = *outcome == Verdict::kStored;
    const auto now = Figures::Steady::now();
    context_.figures.latencies.Add(now - event->received);
    context_.figures.traffic.publishing.Add(now - event->received);
    if (stored) context_.figures.traffic.CountEvent(event->event.kind);
    if (stored) context_.figures.CountEvent(now);
    if (!stored) ++context_.figures.refused;
    const bool kept = stored || *outcome == Verdict::kDuplicate;
    Answer(OkMessage(event->event.id, kept, TextOf(*outcome)));
}

void Session::OnRefused(std::string reply)
{
    asio::post(socket_->get_executor(), [self = shared_from_this(), reply = std::move(reply)] {
        ++self->context_.figures.refused;
        self->Answer(reply);
    });
}

void Session::OnAnswered(std::string reply)
{
    asio::post(socket_->get_executor(),
               [self = shared_from_this(), reply = std::move(reply)] { self->Answer(reply); });
}

void Session::OnAccepted(const EventPtr& event)
{
    asio::post(socket_->get_executor(), [self = shared_from_this(), event] {
        auto& figures = self->context_.figures;
        figures.CountEvent(Figures::Steady::now());
        figures.traffic.CountEvent(event->event.kind);
        const auto before = figures.delivered;
        self->context_.sessions.Deliver(event);
        self->context_.fanout.Publish(event);
        const bool heard = figures.delivered > before || self->context_.fanout.has_peers();
        self->Answer(OkMessage(event->event.id, true, heard ? "" : kUnheard));
    });
}

void Session::Obey(const AccessPolicy& access)
{
    const auto banned = [&](const auto& key) { return !access.WhyNotKnow(key).empty(); };
    const auto address = arrival_.address.to_string();
    if (socket_->closing()) return;
    if (access.WhyNotConnect(address).empty() && std::ranges::none_of(*authenticated_, banned)) {
        return;
    }
    Send(NoticeMessage("restricted: the owner of this relay has ended your access"));
    socket_->Close(CloseCode::kPolicy);
}

void Session::Close() { socket_->Close(CloseCode::kGoingAway); }

}  // namespace berth::relay
