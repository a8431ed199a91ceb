#pragma once

#include <iosfwd>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/config/load.hpp"

namespace berth::relay {

/// What a command works with.
struct CommandContext {
    const config::Arguments& arguments;  ///< As the program got them, its own name left out.
    const Clock& clock;
    Log& log;
    std::ostream& out;
};

/// `berth-relay sync wss://... [--dir up|down|both] [--filter JSON]`: brings this relay's events
/// and another's together and prints one line of JSON on what was moved. Returns the exit code: 0
/// done, 1 failed, 2 wrongly called.
int RunSync(const CommandContext& context);

}  // namespace berth::relay
