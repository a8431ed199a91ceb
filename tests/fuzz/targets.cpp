#include "tests/fuzz/targets.hpp"

#include "tests/fuzz/credential_targets.hpp"
#include "tests/fuzz/management_targets.hpp"
#include "tests/fuzz/negentropy_targets.hpp"
#include "tests/fuzz/protocol_targets.hpp"
#include "tests/fuzz/transport_targets.hpp"

namespace berth::relay::fuzz {
namespace {

constexpr Target kTargets[] = {
    {"event", ReadEvent},
    {"filter", ReadFilter},
    {"client_message", ReadClientMessage},
    {"frames", ReadFrames},
    {"inflate", InflateMessage},
    {"upgrade", ReadUpgrade},
    {"proxy", ReadProxy},
    {"negentropy_answer", AnswerSync},
    {"negentropy_continue", ContinueSync},
    {"negentropy_sets", ReconcileSets},
    {"management", CallManagement},
    {"form", ReadForm},
    {"basic", ReadBasic},
    {"http_auth", ReadHttpAuth},
    {"payment", ReadPayment},
};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

}  // namespace berth::relay::fuzz
