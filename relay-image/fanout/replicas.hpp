#pragma once

#include <functional>
#include <memory>

#include "relay-image/fanout/fanout.hpp"

namespace berth::relay {

/// The other relays on the same database: whether there are any, what they tell, and how they are
/// told. Thread-safe.
class Replicas {
public:
    struct Settings {
        Secret database_url;
        FanoutSettings fanout;
    };

    /// `on_alone` is told whether this process alone writes to the database, as PeerWatch does.
    Replicas(const Settings& settings, PeerEvents::Ports ports,
             std::function<void(bool alone)> on_alone);

    /// Begins, where there is such a database; the ports are used from now on. Until then, there
    /// is nobody to tell.
    void Start();
    /// Uses the ports no more.
    void Stop();

    PeerWatch& watch() { return watch_; }
    Fanout& fanout() const { return *fanout_; }

private:
    PeerEvents events_;
    PeerWatch watch_;
    const std::unique_ptr<Fanout> fanout_;
};

}  // namespace berth::relay
