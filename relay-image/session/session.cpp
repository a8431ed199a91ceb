#include "relay-image/session/session.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/relay_auth.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using namespace std::chrono_literals;

constexpr std::size_t kMaxUnanswered = 512;         ///< Then reading waits.
constexpr std::size_t kMaxPendingOutput = 8 << 20;  ///< Then the client is too slow.
constexpr std::size_t kPumpUpTo = 256 << 10;        ///< Stored events wait behind this much output.
constexpr std::size_t kMaxHeld = 10000;             ///< Live events behind one query.
constexpr std::size_t kMaxAuthenticated = 16;       ///< Keys of one connection.
constexpr std::size_t kIdleBuffer = 16 << 10;       ///< A larger read buffer is given back.
constexpr auto kStallLimit = 30s;
constexpr auto kIdleTimeout = 50s;  ///< With a ping at half of it, below an ingress's minute.

std::string TextOf(Verdict verdict)
{
    switch (verdict) {
        case Verdict::kStored: return "";
        case Verdict::kDuplicate: return "duplicate: already have this event";
        case Verdict::kDeleted: return "blocked: its author deleted this event";
        case Verdict::kOutdated: return "duplicate: a newer version is kept";
    }
    return "error: unknown outcome";
}

std::string EoseOf(const StoredReply& reply)
{
    switch (reply.completeness) {
        case Completeness::kUnknown: return EoseMessage(reply.subscription);
        case Completeness::kFinished: return EoseMessage(reply.subscription, "finish");
        case Completeness::kMore: return EoseMessage(reply.subscription, "more");
    }
    return EoseMessage(reply.subscription);
}

/// What NIP-42 events must name: the configured address, else the one that the client asked for.
std::string RelayUrl(const RelayProfile& profile, const Session::Request& upgrade)
{
    if (!profile.url.empty()) return profile.url;
    return "ws://" + std::string{upgrade[beast::http::field::host]};
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, SessionContext& context)
    : context_{context},
      output_{std::make_shared<Output>(std::move(socket))},
      socket_{OutputStream{output_}},
      room_{socket_.get_executor()},
      challenge_{ToHex(RandomBytes(16))}
{
}

asio::awaitable<void> Session::Run(Request upgrade)
{
    const auto self = shared_from_this();
    output_->OnDrained([weak = weak_from_this()] {
        if (const auto session = weak.lock()) session->Pump();
    });
    relay_url_ = RelayUrl(context_.profile, upgrade);
    context_.sessions.Add(self);
    try {
        co_await Accept(upgrade);
        Send(AuthMessage(challenge_));
        co_await ReadMessages();
    } catch (const boost::system::system_error&) {  // The connection ended; nothing is left to do.
    }
    ending_ = true;
    subscriptions_.clear();
    context_.sessions.Remove(self);
}

asio::awaitable<void> Session::Accept(const Request& upgrade)
{
    socket_.set_option(websocket::stream_base::timeout{10s, kIdleTimeout, true});
    socket_.read_message_max(context_.limits.max_message_bytes);
    socket_.auto_fragment(false);
    co_await socket_.async_accept(upgrade, asio::use_awaitable);
}

asio::awaitable<void> Session::ReadMessages()
{
    while (!ending_) {
        co_await socket_.async_read(buffer_, asio::use_awaitable);
        if (socket_.got_text()) {
            Handle(beast::buffers_to_string(buffer_.data()));
        } else {
            Send(NoticeMessage("invalid: messages are text"));
        }
        buffer_.clear();
        if (buffer_.capacity() > kIdleBuffer) buffer_.shrink_to_fit();
        while (unanswered_ >= kMaxUnanswered && !ending_) {
            room_.expires_after(1s);
            boost::system::error_code woken;
            co_await room_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        }
    }
}

void Session::Handle(std::string message)
{
    if (!taking_) return;
    if (!LooksLikeEvent(message)) {
        auto parsed = ParseClientMessage(message, context_.limits);
        if (auto* subscribe = std::get_if<SubscribeRequest>(&parsed))
            return Take(std::move(*subscribe));
        if (const auto* close = std::get_if<CloseRequest>(&parsed)) return Take(*close);
        if (const auto* auth = std::get_if<AuthRequest>(&parsed)) return Take(*auth);
        if (const auto* refusal = std::get_if<Refusal>(&parsed)) return Send(refusal->reply);
    }
    ++unanswered_;
    context_.intake.Submit(std::move(message), authenticated_, weak_from_this());
}

void Session::Take(SubscribeRequest request)
{
    const auto& name = request.subscription;
    if (const auto why = context_.access.WhyNotRead(*authenticated_); !why.empty()) {
        return Send(ClosedMessage(name, why));
    }
    if (!subscriptions_.contains(name) &&
        subscriptions_.size() >= context_.limits.max_subscriptions) {
        return Send(ClosedMessage(name, "restricted: at most " +
                                            std::to_string(context_.limits.max_subscriptions) +
                                            " subscriptions on one connection"));
    }
    const auto serial = ++last_serial_;
    subscriptions_.insert_or_assign(name, Subscription{.serial = serial,
                                                       .filters = std::move(request.filters),
                                                       .head = EventMessageHead(name),
                                                       .held = {}});
    std::erase_if(waiting_, [&](const auto& queued) { return queued.first == name; });
    waiting_.emplace_back(name, serial);
    QueryNext();
}

void Session::Take(const CloseRequest& request)
{
    subscriptions_.erase(request.subscription);
    std::erase_if(waiting_,
                  [&](const auto& queued) { return queued.first == request.subscription; });
}

void Session::Take(const AuthRequest& request)
{
    const auto& event = request.event;
    const auto proved = nostr::VerifyRelayAuth(event, relay_url_, challenge_, context_.clock.Now());
    if (!proved) return Send(OkMessage(event.id, false, "invalid: " + proved.error().message));
    auto keys = *authenticated_;
    keys.insert(event.pubkey);
    if (keys.size() > kMaxAuthenticated) {
        return Send(OkMessage(event.id, false, "restricted: too many keys on one connection"));
    }
    authenticated_ = std::make_shared<const Authenticated>(std::move(keys));
    Send(OkMessage(event.id, true, ""));
}

void Session::Send(std::string_view message)
{
    if (!ending_) output_->AppendTextFrame({message});
}

void Session::SendEvent(const Subscription& subscription, std::string_view json)
{
    if (!ending_) output_->AppendTextFrame({subscription.head, json, "]"});
}

std::size_t Session::Offer(const EventPtr& event)
{
    if (ending_) return 0;
    std::size_t sent = 0;
    for (auto& [name, subscription] : subscriptions_) {
        if (!subscription.Matches(event->event)) continue;
        if (subscription.live) {
            SendEvent(subscription, event->json);
            ++sent;
        } else {
            subscription.held.push_back(event);
            if (subscription.held.size() > kMaxHeld) Drop();
        }
    }
    if (output_->pending() > kMaxPendingOutput) Drop();
    return sent;
}

void Session::QueryNext()
{
    if (querying_ || reply_ || waiting_.empty()) return;
    const auto [name, serial] = waiting_.front();
    waiting_.pop_front();
    querying_ = true;
    auto job = [weak = weak_from_this(), filters = subscriptions_.at(name).filters,
                reply = StoredReply{.subscription = name, .serial = serial, .events = {}},
                max_limit = context_.limits.max_limit, now = ToUnixSeconds(context_.clock.Now()),
                executor = socket_.get_executor()](EventStore& store) mutable {
        auto found = FindAll(store, filters, max_limit, now);
        Result<void> outcome;
        if (found) {
            reply.events = std::move(found->events);
            reply.completeness = found->completeness;
        }
        if (!found) outcome = found.error();
        asio::post(executor, [weak, reply = std::move(reply), outcome]() mutable {
            if (const auto session = weak.lock()) session->OnFound(std::move(reply), outcome);
        });
    };
    if (context_.readers.Post(std::move(job))) return;
    OnFound({.subscription = name, .serial = serial, .events = {}},
            Fail(ErrorCode::kExhausted, "READERS_BUSY", "the relay is busy"));
}

void Session::OnFound(StoredReply reply, const Result<void>& outcome)
{
    querying_ = false;
    const auto found = subscriptions_.find(reply.subscription);
    if (found == subscriptions_.end() || found->second.serial != reply.serial) return QueryNext();
    if (!outcome) {
        context_.log.Error("a REQ failed", {{"reason", outcome.error().reason},
                                            {"error", outcome.error().message}});
        Send(ClosedMessage(reply.subscription, "error: the stored events cannot be read now"));
        subscriptions_.erase(found);
        return QueryNext();
    }
    reply_ = std::move(reply);
    Pump();
}

void Session::Pump()
{
    while (reply_ && output_->pending() < kPumpUpTo) {
        const auto found = subscriptions_.find(reply_->subscription);
        if (found == subscriptions_.end() || found->second.serial != reply_->serial) {
            reply_.reset();
            return QueryNext();
        }
        if (reply_->next == reply_->events.size()) return FinishReply();
        auto& event = reply_->events[reply_->next++];
        SendEvent(found->second, event.json);
        event.json = {};
    }
}

void Session::FinishReply()
{
    auto& subscription = subscriptions_.at(reply_->subscription);
    Send(EoseOf(*reply_));
    subscription.live = true;
    for (const auto& event : subscription.held) {
        if (!reply_->Contains(event->event.id)) SendEvent(subscription, event->json);
    }
    subscription.held = {};
    reply_.reset();
    QueryNext();
}

void Session::Answer(std::string_view reply)
{
    --unanswered_;
    Send(reply);
    room_.cancel();
}

void Session::OnWritten(const EventPtr& event, const Result<Verdict>& outcome)
{
    if (!outcome) {
        ++context_.figures.refused;
        return Answer(
            OkMessage(event->event.id, false, "error: it could not be stored; send it again"));
    }
    const bool stored = *outcome == Verdict::kStored;
    if (stored) context_.figures.CountEvent(Figures::Steady::now());
    if (!stored) ++context_.figures.refused;
    Answer(OkMessage(event->event.id, *outcome != Verdict::kDeleted, TextOf(*outcome)));
}

void Session::OnRefused(std::string reply)
{
    asio::post(socket_.get_executor(), [self = shared_from_this(), reply = std::move(reply)] {
        ++self->context_.figures.refused;
        self->Answer(reply);
    });
}

void Session::OnAccepted(const EventPtr& event)
{
    asio::post(socket_.get_executor(), [self = shared_from_this(), event] {
        self->context_.figures.CountEvent(Figures::Steady::now());
        self->Answer(OkMessage(event->event.id, true, ""));
        self->context_.sessions.Deliver(event);
    });
}

void Session::DropIfStalled(Output::Steady::time_point now)
{
    if (output_->Stalled(now) > kStallLimit) Drop();
}

void Session::Drop()
{
    if (ending_) return;
    ending_ = true;
    ++context_.figures.dropped;
    boost::system::error_code ignored;
    output_->socket().close(ignored);
}

void Session::Close()
{
    if (ending_) return;
    ending_ = true;
    socket_.async_close(websocket::close_code::going_away,
                        [self = shared_from_this()](boost::system::error_code) {});
}

}  // namespace berth::relay
