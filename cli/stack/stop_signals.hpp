#pragma once

namespace berth::stack {

/// Holds SIGTERM, SIGINT and SIGHUP back from this thread and those that it starts, so that the
/// program ends in order; and asks the kernel for SIGTERM when our parent dies. Call it first.
void HoldStopSignals();

/// True once one of the held signals has come. It stays true.
bool StopRequested();

}  // namespace berth::stack
