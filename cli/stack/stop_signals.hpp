#pragma once

namespace berth::stack {

/// Holds SIGTERM, SIGINT and SIGHUP back from this thread and those that it starts, so that the
/// program ends in order. Call it first.
void HoldStopSignals();

/// Asks the kernel for SIGTERM when the thread that started us dies. Call it after HoldStopSignals.
void StopWithParent();

/// True once one of the held signals has come. It stays true.
bool StopRequested();

}  // namespace berth::stack
