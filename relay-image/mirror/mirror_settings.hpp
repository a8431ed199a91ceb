#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "core/config/config.hpp"

namespace berth::relay {

/// Which relays this one follows, and to which it sends what it takes.
struct MirrorSettings {
    std::vector<std::string> from;  ///< Addresses, `wss://...`.
    std::vector<std::string> to;
    std::string filter = "{}";  ///< Of what goes either way; NIP-01's JSON.
    std::chrono::milliseconds first_retry{1000};
};

/// The settings of mirroring, for config::Load and --help.
std::span<const config::Setting> DeclaredMirrorSettings();

/// Errors: kInvalid `CONFIG_BAD_VALUE` (an address or filter that is none, too many addresses).
Result<MirrorSettings> ReadMirrorSettings(const config::Config& config);

}  // namespace berth::relay
