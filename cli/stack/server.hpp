#pragma once

#include "cli/stack/child.hpp"

namespace berth::stack {

/// Something that runs beside us for long: started, watched, started again, stopped. Not
/// thread-safe.
class Server {
public:
    virtual ~Server() = default;
    /// Starts its process; also again after it has ended, with what it had stored.
    /// Errors: kUnavailable `CHILD_NOT_STARTED` and the server's own.
    virtual Result<void> Launch() = 0;
    /// Whether it serves by now, asked after Launch.
    virtual bool Serves() = 0;
    /// Ends it; it may be started again.
    virtual void Stop() = 0;
    /// Its process; there is one from the first Launch on.
    virtual Child& child() = 0;

    /// Launches it and waits until it serves. Errors: those of Launch and of Child::ReadyBy.
    Result<void> Start(Deadline deadline)
    {
        if (const auto launched = Launch(); !launched) return launched;
        return child().WaitUntil([this] { return Serves(); }, deadline);
    }
    /// Whether it serves after Launch. Errors: those of Child::ReadyBy.
    Result<bool> ServesBy(Deadline deadline)
    {
        return child().ReadyBy([this] { return Serves(); }, deadline);
    }
};

}  // namespace berth::stack
