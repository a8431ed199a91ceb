#include "tests/bench/intake/cpu_time.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <pqxx/pqxx>
#include <sys/resource.h>
#include <unistd.h>

namespace berth::bench {
namespace {

using std::chrono::microseconds;

/// What /proc/PID/stat says of a process; times in ticks.
struct Stat {
    pid_t parent = 0;
    long own = 0;
    long ended_children = 0;
};

Stat ReadStat(const std::filesystem::path& folder)
{
    std::ostringstream text;
    text << std::ifstream{folder / "stat"}.rdbuf();
    const auto line = text.str();
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest{line.substr(name_end + 1)};
    const std::vector<std::string> fields{std::istream_iterator<std::string>{rest}, {}};
    if (fields.size() < 15) return {};
    return {.parent = std::stoi(fields[1]),
            .own = std::stol(fields[11]) + std::stol(fields[12]),
            .ended_children = std::stol(fields[13]) + std::stol(fields[14])};
}

std::filesystem::path FolderOf(pid_t process)
{
    return std::filesystem::path{"/proc"} / std::to_string(process);
}

microseconds Time(long ticks) { return microseconds{ticks * (1'000'000 / ::sysconf(_SC_CLK_TCK))}; }

microseconds Usage(int who)
{
    rusage usage{};
    ::getrusage(who, &usage);
    return std::chrono::seconds{usage.ru_utime.tv_sec + usage.ru_stime.tv_sec} +
           microseconds{usage.ru_utime.tv_usec + usage.ru_stime.tv_usec};
}

}  // namespace

microseconds CpuOf(pid_t process) { return Time(ReadStat(FolderOf(process)).own); }

microseconds CpuOfUs() { return Usage(RUSAGE_SELF); }

microseconds CpuOfEndedChildren() { return Usage(RUSAGE_CHILDREN); }

microseconds CpuOfServer(const std::string& database_url)
{
    pqxx::connection connection{database_url};
    const auto server = ReadStat(FolderOf(connection.backendpid())).parent;
    const auto own = ReadStat(FolderOf(server));
    long ticks = own.own + own.ended_children;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        if (!std::isdigit(entry.path().filename().c_str()[0])) continue;
        const auto stat = ReadStat(entry.path());
        if (stat.parent == server) ticks += stat.own;
    }
    return Time(ticks);
}

}  // namespace berth::bench
