#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

namespace berth::bench {

/// CPU time that processes have used so far, user and kernel: what a machine busy with other things
/// changes far less than a rate. Resolution: 10 ms.
std::chrono::microseconds CpuOf(pid_t process);
/// Of this process, and of its children that have ended.
std::chrono::microseconds CpuOfUs();
std::chrono::microseconds CpuOfEndedChildren();
/// Of a PostgreSQL server and all of its processes, ended ones too.
std::chrono::microseconds CpuOfServer(const std::string& database_url);

}  // namespace berth::bench
