#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "relay-image/protocol/admission.hpp"
#include "relay-image/protocol/filter.hpp"

namespace berth::relay::test {

/// Events and filters from a small world, so that they meet often: few authors, kinds, tags and
/// seconds. Ids and signatures are made up. The same seed gives the same ones.
class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed) : random_{seed} {}

    EventPtr Event();
    Filter AFilter();
    std::size_t Below(std::size_t end) { return random_() % end; }

private:
    bool OneIn(std::size_t n) { return Below(n) == 0; }
    std::string Author();
    std::string TagValue();
    std::int64_t Time() { return 1000 + static_cast<std::int64_t>(Below(60)); }
    std::vector<nostr::Tag> Tags();

    std::mt19937_64 random_;
    std::vector<std::string> ids_;
};

/// An event as admission makes it.
inline EventPtr Admitted(nostr::Event event)
{
    auto json = nostr::ToJson(event);
    auto expires_at = ExpirationOf(event).value();
    return std::make_shared<const AdmittedEvent>(
        AdmittedEvent{std::move(event), std::move(json), expires_at});
}

}  // namespace berth::relay::test
