#pragma once

#include "cli/stack/child.hpp"

namespace berth::stack {

/// Something that runs beside us for long: started, watched, started again, stopped. Not
/// thread-safe.
class Server {
public:
    virtual ~Server() = default;
    /// Starts it and waits until it serves; also again after it has ended, with what it had stored.
    /// Errors: kUnavailable `CHILD_NOT_STARTED`, `CHILD_ENDED` and the server's own; kTimeout
    /// `CHILD_NOT_READY`; kPrecondition `STOP_REQUESTED`.
    virtual Result<void> Start(Deadline deadline) = 0;
    /// Ends it; it may be started again.
    virtual void Stop() = 0;
    /// Its process; there is one from the first Start on.
    virtual Child& child() = 0;
};

}  // namespace berth::stack
