#pragma once

#include <string>
#include <utility>
#include <vector>

namespace berth::relay {

/// Lets pages of other sites read the relay's own path, as NIP-11 demands, and manage it (NIP-86).
/// The star does not cover Authorization.
inline const std::vector<std::pair<std::string, std::string>> kCorsHeaders{
    {"Access-Control-Allow-Origin", "*"},
    {"Access-Control-Allow-Headers", "*, Authorization"},
    {"Access-Control-Allow-Methods", "GET, POST, OPTIONS"}};

}  // namespace berth::relay
