#include "tests/bench/relay/process_figures.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <unistd.h>

namespace berth::bench {
namespace {

namespace fs = std::filesystem;

struct Stat {
    pid_t parent = 0;
    double seconds = 0;
    double seconds_of_ended_children = 0;
};

Stat StatOf(pid_t pid)
{
    std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    std::getline(in, line);
    if (line.empty()) return {};
    std::istringstream fields{line.substr(line.rfind(')') + 2)};
    std::string skipped;
    Stat stat;
    fields >> skipped >> stat.parent;
    for (int i = 5; i <= 13; ++i) fields >> skipped;
    double user = 0, system = 0, children_user = 0, children_system = 0;
    fields >> user >> system >> children_user >> children_system;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    stat.seconds = (user + system) / ticks;
    stat.seconds_of_ended_children = (children_user + children_system) / ticks;
    return stat;
}

std::int64_t RolledUp(pid_t pid, std::string_view name)
{
    std::ifstream in{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(name)) return std::stoll(line.substr(name.size())) * 1024;
    }
    return 0;
}

}  // namespace

double CpuSecondsOf(pid_t pid)
{
    const auto own = StatOf(pid);
    double seconds = own.seconds + own.seconds_of_ended_children;
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
        const auto name = entry.path().filename().string();
        pid_t child = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), child);
        if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) continue;
        const auto stat = StatOf(child);
        if (stat.parent == pid) seconds += stat.seconds;
    }
    return seconds;
}

std::int64_t PrivateBytesOf(pid_t pid) { return RolledUp(pid, "Anonymous:"); }

std::int64_t ResidentBytesOf(pid_t pid) { return RolledUp(pid, "Rss:"); }

std::int64_t DescriptorsOf(pid_t pid)
{
    const fs::directory_iterator entries{"/proc/" + std::to_string(pid) + "/fd"};
    return std::distance(begin(entries), end(entries));
}

pid_t ParentOf(pid_t pid) { return StatOf(pid).parent; }

}  // namespace berth::bench
