#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "relay-image/fanout/fanout_settings.hpp"
#include "relay-image/fanout/peer_events.hpp"
#include "relay-image/storage/peer_watch.hpp"

namespace berth::relay {

/// How the Redis that carries events between replicas is.
enum class RedisState {
    kDisabled,
    kUp,
    kDown,     ///< It does not answer.
    kRefuses,  ///< It answers that this relay may not use it.
};
/// `disabled`, `ok` or `down`, as /health writes it.
std::string_view NameOf(RedisState state);

/// Since the start.
struct FanoutFigures {
    std::uint64_t sent = 0;      ///< Events that Redis took.
    std::uint64_t received = 0;  ///< Sound events that came by Redis, own ones left out.
    std::uint64_t refused = 0;   ///< Messages in the channel that were not sound or not allowed.
};

/// Carries new events between replicas that share a database. The database tells all of them by
/// notices which events were stored; what else carries events only spares them reading those back,
/// and may fail at any moment. Thread-safe; nothing waits.
class Fanout {
public:
    virtual ~Fanout() = default;
    /// Begins to take what others send.
    virtual void Start() = 0;
    /// Takes nothing more.
    virtual void Stop() = 0;

    /// Tells the others of an event that was stored here, or of an ephemeral one accepted here.
    virtual void Publish(const EventPtr& event) = 0;
    /// A notice: others stored events with these ids.
    virtual void OnStored(std::vector<std::string> ids) = 0;
    /// A notice that holds an event as a whole.
    virtual void OnWhole(const std::string& json) = 0;

    /// Whether there may be others who deliver what is published.
    virtual bool has_peers() const = 0;
    virtual RedisState redis() const = 0;
    virtual FanoutFigures figures() const = 0;
};

/// `peers` and `events` outlive it.
std::unique_ptr<Fanout> MakeFanout(const FanoutSettings& settings, PeerWatch& peers,
                                   PeerEvents& events, Log& log);

}  // namespace berth::relay
