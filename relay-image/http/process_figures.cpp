#include "relay-image/http/process_figures.hpp"

#include <fstream>

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace berth::relay {
namespace {

std::chrono::microseconds Duration(const ::timeval& time)
{
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

}  // namespace

ProcessFigures MeasureProcess(const std::string& folder)
{
    ProcessFigures figures;
    ::rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        figures.cpu = Duration(usage.ru_utime) + Duration(usage.ru_stime);
    }
    std::int64_t size = 0;
    std::int64_t resident = 0;
    if (std::ifstream{"/proc/self/statm"} >> size >> resident) {
        figures.memory_bytes = resident * ::sysconf(_SC_PAGESIZE);
    }
    struct ::statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) == 0) {
        figures.disk_free_bytes = static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize);
    }
    return figures;
}

}  // namespace berth::relay
