#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/nostr/event.hpp"
#include "core/probe/relay_client.hpp"
#include "relay-image/protocol/event_text.hpp"

namespace berth::relay {

/// Another relay, of which this one is a client. Blocking; for one thread at a time. Errors of
/// every call: those of probe::RelayClient.
class RemoteRelay {
public:
    /// `url` is `ws://` or `wss://`. Errors also: kInvalid `BAD_URL`; kUnavailable
    /// `HOST_NOT_FOUND`.
    static Result<std::unique_ptr<RemoteRelay>> Connect(const std::string& url, Deadline deadline);

    /// What comes while a subscription runs; false ends it.
    using OnEvent = std::function<bool(nostr::Event)>;

    /// Sends a REQ with one filter (JSON) and hands over its stored events. Events that are
    /// malformed are left out. Errors also: kPrecondition `SUBSCRIPTION_CLOSED`.
    Result<void> FetchStored(const std::string& filter, const OnEvent& on_event, Deadline deadline);
    /// The same, but goes on with what comes later until `on_event` says false, and waits no longer
    /// than `silence` for each message.
    Result<void> Follow(const std::string& filter, const OnEvent& on_event,
                        std::function<Deadline()> patience);

    /// What became of an event that was sent there.
    struct Acknowledged {
        std::string id;
        bool accepted = false;
        std::string text;
    };
    /// Sends events and waits for the answers to all of them, in any order.
    Result<std::vector<Acknowledged>> Publish(const std::vector<EventText>& events,
                                              Deadline deadline);

    /// One step of a reconciliation (NIP-77), bytes to bytes: the first opens it over a filter.
    /// Errors also: kExhausted `SYNC_TOO_LARGE`; kPrecondition `SYNC_REFUSED`, `SYNC_UNSUPPORTED`.
    Result<std::string> OpenSync(const std::string& filter, const std::string& message,
                                 Deadline deadline);
    Result<std::string> ContinueSync(const std::string& message, Deadline deadline);
    Result<void> CloseSync(Deadline deadline);

private:
    explicit RemoteRelay(std::unique_ptr<probe::RelayClient> client) : client_{std::move(client)} {}

    /// The next message; the limit of bytes is for each of them.
    Result<boost::json::array> Receive(Deadline deadline);
    Result<std::string> AwaitSync(Deadline deadline);
    /// Reads until EOSE, or for ever.
    Result<void> Read(const OnEvent& on_event, const std::function<Deadline()>& patience,
                      bool until_eose);

    std::unique_ptr<probe::RelayClient> client_;
};

}  // namespace berth::relay
