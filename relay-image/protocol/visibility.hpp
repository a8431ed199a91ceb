#pragma once

#include <set>
#include <string>
#include <vector>

#include "relay-image/protocol/filter.hpp"

namespace berth::relay {

/// Narrows filters to what a connection that proved `keys` may see: gift wraps (NIP-59) only if
/// they are for one of the keys. Returns why not, if it may see nothing of what it asks for.
std::string NarrowToReader(std::vector<Filter>& filters, const std::set<std::string>& keys);

}  // namespace berth::relay
