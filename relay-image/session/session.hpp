#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/information.hpp"
#include "relay-image/session/event_intake.hpp"
#include "relay-image/session/output_stream.hpp"
#include "relay-image/session/sessions.hpp"
#include "relay-image/session/subscription.hpp"
#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {

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
};

/// One client's WebSocket connection. Lives on the I/O thread; the Publisher calls may come from
/// any thread and are carried over.
class Session final : public Publisher, public std::enable_shared_from_this<Session> {
public:
    using Request = boost::beast::http::request<boost::beast::http::string_body>;

    Session(boost::asio::ip::tcp::socket socket, SessionContext& context);

    /// Serves the connection that `upgrade` opened until it ends.
    boost::asio::awaitable<void> Run(Request upgrade);

    /// Sends a live event to the subscriptions it fits; returns to how many.
    std::size_t Offer(const EventPtr& event);
    /// Ignores further messages; what was taken is still answered.
    void StopTaking() { taking_ = false; }
    /// Says goodbye; the client should come again.
    void Close();
    void DropIfStalled(Output::Steady::time_point now);
    std::size_t unanswered() const { return unanswered_; }
    std::size_t subscription_count() const { return subscriptions_.size(); }

    void OnWritten(const EventPtr& event, const Result<Verdict>& outcome) override;
    void OnRefused(std::string reply) override;
    void OnAccepted(const EventPtr& event) override;

private:
    boost::asio::awaitable<void> Accept(const Request& upgrade);
    boost::asio::awaitable<void> ReadMessages();
    void Handle(std::string message);
    void Take(SubscribeRequest request);
    void Take(const CloseRequest& request);
    void Take(const AuthRequest& request);
    void Send(std::string_view message);
    void SendEvent(const Subscription& subscription, std::string_view json);
    void Answer(std::string_view reply);
    void QueryNext();
    void OnFound(StoredReply reply, const Result<void>& outcome);
    void Pump();
    void FinishReply();
    void Drop();

    SessionContext& context_;
    std::shared_ptr<Output> output_;
    boost::beast::websocket::stream<OutputStream> socket_;
    boost::beast::flat_buffer buffer_;
    boost::asio::steady_timer room_;  ///< Cancelled when unanswered events become fewer.
    std::string challenge_;
    std::string relay_url_;
    std::shared_ptr<const Authenticated> authenticated_ = std::make_shared<Authenticated>();
    std::map<std::string, Subscription> subscriptions_;
    std::deque<std::pair<std::string, std::uint64_t>> waiting_;  ///< Subscriptions to be queried.
    std::optional<StoredReply> reply_;                           ///< The one being sent.
    bool querying_ = false;
    bool taking_ = true;
    bool ending_ = false;
    std::uint64_t last_serial_ = 0;
    std::size_t unanswered_ = 0;  ///< Events taken from the client and not answered yet.
};

}  // namespace berth::relay
