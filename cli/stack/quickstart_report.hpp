#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "cli/stack/world.hpp"

namespace berth::stack {

/// One line about how relays run, of World::RelayRuntime; empty where the world does not know.
std::string DescribeRuntime(const boost::json::object& runtime);

/// What a person reads at the end of quickstart: the relay's address, a command that talks to it if
/// the world `goes_on`, the acceptance report and the margin.
std::string DescribeOutcome(World& world, const boost::json::object& outcome, bool goes_on);

/// The outcome on one line, with seconds as plain decimals.
std::string OutcomeLine(const boost::json::object& outcome);

}  // namespace berth::stack
