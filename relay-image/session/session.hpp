#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/fanout/fanout.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/information.hpp"
#include "relay-image/session/event_intake.hpp"
#include "relay-image/session/sessions.hpp"
#include "relay-image/session/subscription.hpp"
#include "relay-image/session/syncs.hpp"
#include "relay-image/storage/event_readers.hpp"
#include "relay-image/storage/hot_tail.hpp"
#include "relay-image/transport/client_name.hpp"
#include "relay-image/transport/throttle.hpp"
#include "relay-image/transport/websocket.hpp"

namespace berth::relay {

class Paywall;

/// What all sessions share; it outlives them.
struct SessionContext {
    const RelayProfile& profile;
    const Limits& limits;
    const AccessPolicy& access;
    const Clock& clock;
    Log& log;
    EventIntake& intake;
    EventReaders& readers;
    Sessions& sessions;
    Figures& figures;
    Throttle& throttle;
    WebSocketShared& shared;
    HotTail& tail;
    Paywall& paywall;
    Fanout& fanout;
    /// Makes an invite (NIP-43) for a connection that proved these keys, if one may be made.
    std::function<void(const Authenticated&, Membership::Invited)> invite = {};
    SyncRoom sync_room{1'000'000};  ///< Some 40 MB when it is full.
};

/// Who opened a session, and how.
struct Arrival {
    Throttle::Address address;        ///< Of the client itself, not of a proxy.
    Throttle::Connection connection;  ///< Held as long as the session lives, and
    std::shared_ptr<void> place;      ///< so is its place among all connections.
    std::string relay_url;            ///< The address that the client asked for, `wss://host`.
    WebSocketOptions options;
    std::string response;  ///< To the upgrade.
    std::string early;     ///< Bytes that came behind the upgrade.
};

/// One client's WebSocket connection. Lives on the I/O thread; the Publisher calls may come from
/// any thread and are carried over.
class Session final : public Publisher,
                      public WebSocketListener,
                      public std::enable_shared_from_this<Session> {
public:
    Session(Socket socket, Arrival arrival, SessionContext& context);

    /// Serves the connection until it ends.
    void Start();

    /// Sends a live event to one of its subscriptions if it fits; returns whether it was sent.
    bool Offer(Subscription& subscription, const EventPtr& event);
    /// Ignores further messages; what was taken is still answered.
    void StopTaking() { taking_ = false; }
    /// Says goodbye; the client should come again.
    void Close();
    /// Ends the connection if the rules have no place for its address or its keys any more.
    void Obey(const AccessPolicy& access);
    /// To be called about every second: pings the silent, ends the dead and the slow.
    void Tend(WebSocket::Steady::time_point now);
    std::size_t unanswered() const { return unanswered_; }
    std::size_t subscription_count() const { return subscriptions_.size(); }

    void OnWritten(const EventPtr& event, const Result<Verdict>& outcome) override;
    void OnRefused(std::string reply) override;
    void OnAnswered(std::string reply) override;
    void OnAccepted(const EventPtr& event) override;

    void OnMessage(std::string message) override;
    void OnBinary() override;
    void OnDrained() override { Pump(); }
    void OnEnd() override;

private:
    using Subscriptions = std::map<std::string, Subscription>;

    void Publish(std::string message);
    bool MayAsk(const ClientMessage& message);
    void Take(const PublishRequest&) {}  // Was taken as text.
    void Take(SubscribeRequest request);
    void Take(CountRequest request);
    void Take(const CloseRequest& request);
    void Take(const AuthRequest& request);
    void Take(OpenSyncRequest request);
    void Take(ContinueSyncRequest request);
    void Take(const CloseSyncRequest& request);
    void Take(const Refusal& refusal) { Send(refusal.reply); }
    /// Error kExhausted: the message of a refusal.
    Result<FilterRoom::Part> RoomFor(const std::vector<Filter>& filters);
    std::string client() const { return ClientName(arrival_.address); }
    std::string WhyNotShow(std::vector<Filter>& filters) const;
    Syncs& OpenSyncs();
    void Send(std::string_view message);
    void SendEvent(const Subscription& subscription, std::string_view json);
    /// Whether what was published has to be answered before more is read.
    bool HasEnough() const;
    void Answer(std::string_view reply);
    /// Has an invite made, and queries when it was sent or there is none.
    void AskForInvite(const std::string& name, std::uint64_t serial);
    void Query(const std::string& name, std::uint64_t serial);
    void Forget(const std::string& name);
    void Unsubscribe(Subscriptions::iterator subscription);
    void QueryNext();
    bool AnsweredFromMemory(const StoredReply& empty, std::int64_t now);
    void OnFound(const StoredReply& empty, Result<Found> found);
    void Pump();
    void Fetch();
    void OnFetched(std::size_t asked, const Result<std::vector<StoredEvent>>& found);
    void FailReply(const Error& error);
    void FinishReply();

    SessionContext& context_;
    Arrival arrival_;
    std::shared_ptr<WebSocket> socket_;
    std::string challenge_;
    std::shared_ptr<const Authenticated> authenticated_ = std::make_shared<Authenticated>();
    Subscriptions subscriptions_;
    FilterRoom filter_room_;
    std::deque<std::pair<std::string, std::uint64_t>> waiting_;  ///< Subscriptions to be queried.
    std::optional<StoredReply> reply_;                           ///< The one being sent.
    bool querying_ = false;
    int counting_ = 0;              ///< COUNTs that wait for their answer.
    std::shared_ptr<Syncs> syncs_;  ///< None until the client opens one.
    bool taking_ = true;
    std::uint64_t last_serial_ = 0;
    Figures::Steady::time_point query_started_{};
    std::size_t unanswered_ = 0;        ///< Events taken from the client and not answered yet.
    std::size_t unanswered_bytes_ = 0;  ///< Taken since all was answered.
};

}  // namespace berth::relay
