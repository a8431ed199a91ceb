#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "relay-image/governance/amendment.hpp"
#include "relay-image/governance/parameters.hpp"

namespace berth::relay {

/// What a method of the management API does with its parameters.
using ManagementMethod = Result<boost::json::value> (*)(Amendment&, EventStore&, const Parameters&);

/// The method of that name, or null.
ManagementMethod FindMethod(std::string_view name);
/// The same among those that only tell what the rules are.
ManagementMethod FindListing(std::string_view name);

}  // namespace berth::relay
