#pragma once

#include <string>

#include "cli/stack/programs.hpp"
#include "cli/stack/shell.hpp"

namespace berth::stack {

/// `operator`, `operator-2`, ...: the name of an operator's key file. Counted from 1.
std::string OperatorName(int number);
/// `plans/relay`, `plans/relay-2`, ...: the operator's plan.
std::string PlanOf(int number);

/// By signed actions at the running marketplace: the admin makes the operators known and sets
/// prices; each operator puts a plan, the first one a wallet. Errors: those of Shell.
Result<void> OpenForBusiness(const Shell& shell, const Layout& layout, const Parties& parties,
                             const AkashNetwork& network);

}  // namespace berth::stack
