#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"
#include "core/probe/websocket_client.hpp"

namespace berth::probe {

/// What a relay answered to an EVENT or AUTH.
struct Acknowledgement {
    bool accepted = false;
    std::string message;  ///< `prefix: text` of NIP-01.
};

/// A blocking Nostr client over one WebSocket. For one thread at a time.
/// Errors of every call: those of Connection; kUnavailable `BAD_WEBSOCKET` (closed, or not the
/// protocol), `BAD_RELAY_MESSAGE`.
class RelayClient {
public:
    /// `path` is the target of the upgrade; messages over `message_limit` bytes are refused.
    static Result<std::unique_ptr<RelayClient>> Connect(const Endpoint& endpoint,
                                                        const std::string& path, Deadline deadline,
                                                        std::size_t message_limit = 1 << 20);

    /// How many more bytes may come in, all messages together; 64 MiB at first.
    void set_byte_limit(std::size_t limit) { socket_->set_byte_limit(limit); }

    /// Sends one text message.
    Result<void> Send(std::string_view json, Deadline deadline)
    {
        return socket_->Send(json, deadline);
    }
    /// The next message: a JSON array that starts with a word. A challenge is also remembered.
    Result<boost::json::array> Receive(Deadline deadline);

    /// Sends EVENT and waits for its OK.
    Result<Acknowledgement> Publish(const nostr::Event& event, Deadline deadline);
    /// Sends REQ with one filter (JSON object) and collects the stored events until EOSE, at most
    /// 5000. The subscription stays open. Errors also: kPrecondition `SUBSCRIPTION_CLOSED` with the
    /// relay's message.
    Result<std::vector<nostr::Event>> Subscribe(const std::string& subscription,
                                                std::string_view filter, Deadline deadline);
    /// Sends CLOSE.
    Result<void> Unsubscribe(const std::string& subscription, Deadline deadline);
    /// Answers the relay's challenge (NIP-42), waiting for one if none has come yet.
    Result<Acknowledgement> Authenticate(std::string_view relay_url, const nostr::SecretKey& key,
                                         Time now, Deadline deadline);

    /// The newest AUTH challenge.
    const std::optional<std::string>& challenge() const { return challenge_; }
    /// What the server's certificate said; nothing without TLS.
    const std::optional<Certificate>& certificate() const { return socket_->certificate(); }

private:
    explicit RelayClient(std::unique_ptr<WebSocketClient> socket) : socket_{std::move(socket)} {}

    /// Waits for the OK of an event id.
    Result<Acknowledgement> AwaitOk(const std::string& id, Deadline deadline);

    const std::unique_ptr<WebSocketClient> socket_;
    std::optional<std::string> challenge_;
};

}  // namespace berth::probe
