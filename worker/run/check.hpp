#pragma once

#include <ostream>

#include "worker/run/machine.hpp"

namespace berth::worker {

/// Tries everything that an order would need and spends nothing: signs a transaction that is never
/// sent, reads every node, updates and removes a probe record, asks edge, CA and marketplace.
/// Prints a line each. True if all of them are well.
bool CheckEverything(Machine& machine, Marketplace& marketplace, const Settings& settings,
                     std::ostream& out);

}  // namespace berth::worker
