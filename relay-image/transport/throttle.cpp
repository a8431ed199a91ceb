#include "relay-image/transport/throttle.hpp"

#include "relay-image/transport/client_name.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxNames = 65536;
constexpr std::size_t kToldWhy = 16;  ///< Connections over the limit that still get an answer.

std::string TooMany(std::int64_t most, const char* of_what)
{
    return "rate-limited: at most " + std::to_string(most) + " " + of_what + " a minute; slow down";
}

}  // namespace

Throttle::Throttle() : events_{kMaxNames}, requests_{kMaxNames}, keys_{kMaxNames} {}

bool Throttle::Exempts(const Address& address) const
{
    return address.is_unspecified() || limits_.unlimited.Hold(address);
}

void Throttle::Use(RateLimits limits)
{
    const std::scoped_lock lock{mutex_};
    limits_ = std::move(limits);
}

Throttle::Connection Throttle::Connect(const Address& address)
{
    const std::scoped_lock lock{mutex_};
    auto name = ClientName(address);
    auto& count = connections_[name];
    const auto most = limits_.connections_per_address;
    const bool excess = most > 0 && count >= most && !Exempts(address);
    if (excess && count >= most + kToldWhy) return {};
    ++count;
    const auto give_back = [self = shared_from_this(), name](void*) { self->Disconnect(name); };
    return {.held = {this, give_back}, .excess = excess};
}

void Throttle::Disconnect(const std::string& name)
{
    const std::scoped_lock lock{mutex_};
    const auto found = connections_.find(name);
    if (--found->second == 0) connections_.erase(found);
}

std::string Throttle::WhyNotEvent(const Address& address, Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    const auto most = limits_.events_per_address;
    if (most == 0) return {};
    if (Exempts(address) || events_.Take(ClientName(address), most, now)) return {};
    return TooMany(most, "events from one address");
}

std::string Throttle::WhyNotRequest(const Address& address, Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    const auto most = limits_.requests_per_address;
    if (most == 0) return {};
    if (Exempts(address) || requests_.Take(ClientName(address), most, now)) return {};
    return TooMany(most, "requests from one address");
}

std::string Throttle::WhyNotKey(const std::string& key, const Address& address,
                                Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    const auto most = limits_.events_per_key;
    if (most == 0) return {};
    if (Exempts(address) || keys_.Take(key, most, now)) return {};
    return TooMany(most, "events of one key");
}

}  // namespace berth::relay
