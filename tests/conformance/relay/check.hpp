#pragma once

#include <span>
#include <string_view>

#include "tests/conformance/relay/world.hpp"

namespace berth::relay::conformance {

/// Whether the relay tester of the field asks for it.
enum class Need {
    kRequired,
    kInformative,  ///< It only tells; what this relay does is written down all the same.
};

/// One check, under the name that the relay tester (relay-tester 0.2.0) gives it.
struct Check {
    std::string_view name;
    Need need;
    bool expected;  ///< What the relay does; what is required is true.
    bool (*run)(World&);
};

/// The checks by subject, in the order in which the tester runs them.
std::span<const Check> ChecksOfAdmission();
std::span<const Check> ChecksOfReading();
std::span<const Check> ChecksOfReplacing();
std::span<const Check> ChecksOfUsers();

}  // namespace berth::relay::conformance
