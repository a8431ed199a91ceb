#pragma once

#include <cstdint>

#include <sys/types.h>

namespace berth::bench {

/// Processor time of a process, its children that are there, and those that it waited for.
double CpuSecondsOf(pid_t pid);

/// Anonymous memory of a process.
std::int64_t PrivateBytesOf(pid_t pid);

/// Memory of a process that is present, pages of files that it maps included.
std::int64_t ResidentBytesOf(pid_t pid);

/// Files and sockets that a process has open.
std::int64_t DescriptorsOf(pid_t pid);

/// The parent of a process.
pid_t ParentOf(pid_t pid);

}  // namespace berth::bench
