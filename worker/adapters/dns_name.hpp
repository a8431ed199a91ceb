#pragma once

#include <string_view>

namespace berth::worker {

/// Letters, digits and hyphens in labels of at most 63, 253 in all, lower case, two labels or more;
/// with a leading `_` in a label only where `underscore` says so. Nothing else reaches a program.
bool IsHostName(std::string_view name, bool underscore = false);
/// True if `name` is `zone` or ends in `.zone`.
bool IsWithin(std::string_view name, std::string_view zone);
/// True if `name` has exactly one label before `.zone`, as a wildcard covers.
bool IsDirectlyUnder(std::string_view name, std::string_view zone);

}  // namespace berth::worker
