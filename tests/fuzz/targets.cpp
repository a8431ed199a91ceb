#include "tests/fuzz/targets.hpp"

#include "tests/fuzz/protocol_targets.hpp"
#include "tests/fuzz/transport_targets.hpp"

namespace berth::relay::fuzz {
namespace {

constexpr Target kTargets[] = {
    {"event", ReadEvent},   {"filter", ReadFilter},      {"client_message", ReadClientMessage},
    {"frames", ReadFrames}, {"inflate", InflateMessage}, {"upgrade", ReadUpgrade},
    {"proxy", ReadProxy},
};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

}  // namespace berth::relay::fuzz
