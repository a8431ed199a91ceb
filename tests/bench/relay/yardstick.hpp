#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/relay/subject.hpp"

namespace berth::bench {

/// Another relay, to be measured in the same run.
struct Yardstick {
    std::string name;  ///< `nostr-rs-relay` or `rnostr`.
    std::filesystem::path program;
};

/// `NAME=PATH`. Throws std::runtime_error for a relay that is not known.
Yardstick ReadYardstick(const std::string& text);

/// Starts it as its authors ship it, on a fresh store of its own kind, its limits of clients off.
std::unique_ptr<Subject> StartYardstick(const Yardstick& yardstick);

}  // namespace berth::bench
