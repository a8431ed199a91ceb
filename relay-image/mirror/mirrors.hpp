#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relay-image/mirror/follower.hpp"
#include "relay-image/mirror/mirror_settings.hpp"
#include "relay-image/mirror/sender.hpp"
#include "relay-image/protocol/filter.hpp"
#include "relay-image/storage/event_writer.hpp"

namespace berth::relay {

/// All the relays that this one follows and sends to. Thread-safe.
class Mirrors {
public:
    struct Ports {
        const Clock& clock;
        Log& log;
        /// Hands an EVENT message to the relay, as one that the relay fetched itself.
        std::function<void(std::string message, std::weak_ptr<Publisher>)> submit;
        /// Delivers an ephemeral event that was accepted.
        std::function<void(const EventPtr&)> deliver;
    };

    Mirrors(const MirrorSettings& settings, Ports ports);
    ~Mirrors();

    /// Sends a new event on, unless it is to be spread by its author or reader alone (NIP-59, 70).
    void Offer(const EventPtr& event);

private:
    class Inflow;

    Filter filter_;
    std::shared_ptr<Inflow> inflow_;
    std::vector<std::unique_ptr<Follower>> followers_;
    std::vector<std::unique_ptr<Sender>> senders_;
};

}  // namespace berth::relay
