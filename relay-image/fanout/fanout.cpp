#include "relay-image/fanout/fanout.hpp"

#include "relay-image/fanout/notice_fanout.hpp"
#include "relay-image/fanout/redis_fanout.hpp"

namespace berth::relay {

std::string_view NameOf(RedisState state)
{
    switch (state) {
        case RedisState::kDisabled: return "disabled";
        case RedisState::kUp: return "ok";
        case RedisState::kDown:
        case RedisState::kRefuses: return "down";
    }
    return "down";
}

std::unique_ptr<Fanout> MakeFanout(const FanoutSettings& settings, PeerWatch& peers,
                                   PeerEvents& events, Log& log)
{
    if (!settings.redis) return std::make_unique<NoticeFanout>(peers, events);
    return std::make_unique<RedisFanout>(
        RedisLink::Options{.address = *settings.redis, .channel = settings.channel},
        RedisFanout::Parts{.peers = peers, .events = events, .log = log});
}

}  // namespace berth::relay
