#pragma once

#include <cstdint>
#include <memory>
#include <set>

#include "relay-image/protocol/admission.hpp"
#include "relay-image/session/figures.hpp"
#include "relay-image/session/interest_index.hpp"

namespace berth::relay {

class AccessPolicy;
class Session;

/// The open connections; live events go to all of them from here. Used on the I/O thread only.
class Sessions {
public:
    explicit Sessions(Figures& figures) : figures_{figures} {}

    void Add(std::shared_ptr<Session> session);
    void Remove(const std::shared_ptr<Session>& session);
    /// Sends a new event to every subscription that it fits.
    void Deliver(const EventPtr& event);
    /// To be called about every second: pings silent clients, ends dead and slow ones.
    void Tend();
    /// Ends the connections that have no place here by the rules of the moment.
    void Obey(const AccessPolicy& access);
    /// Takes no further message of any client.
    void StopTaking();
    /// Asks all connections to end, as for a restart.
    void CloseAll();
    /// Whether no connection waits for the answer to an event.
    bool Settled() const;

    std::size_t count() const { return sessions_.size(); }
    std::size_t CountSubscriptions() const;

    /// Who waits for which live events; sessions enter their subscriptions here.
    InterestIndex& interests() { return interests_; }

private:
    Figures& figures_;
    InterestIndex interests_;
    std::uint64_t deliveries_ = 0;
    std::set<std::shared_ptr<Session>> sessions_;
};

}  // namespace berth::relay
