#pragma once

#include <span>
#include <string_view>

namespace berth::relay::fuzz {

/// Something that reads what strangers send. `run` aborts if a promise about it does not hold.
struct Target {
    std::string_view name;  ///< Also that of its folder under corpus/.
    void (*run)(std::string_view bytes);
};

/// All of them.
std::span<const Target> Targets();

}  // namespace berth::relay::fuzz
