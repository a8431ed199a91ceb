#include "core/base/failpoint.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>

namespace berth {
namespace {

struct Armed {
    std::string name;
    std::string log;
    std::mutex mutex;
};

Armed& Settings()
{
    static Armed settings{[] {
                              const char* v = std::getenv("BERTH_FAILPOINT");
                              return v ? v : "";
                          }(),
                          [] {
                              const char* v = std::getenv("BERTH_FAILPOINT_LOG");
                              return v ? v : "";
                          }(),
                          {}};
    return settings;
}

}  // namespace

void Failpoint(std::string_view name)
{
    Armed& armed = Settings();
    if (armed.name.empty() && armed.log.empty()) return;
    const std::scoped_lock lock{armed.mutex};
    if (!armed.log.empty()) std::ofstream{armed.log, std::ios::app} << name << std::endl;
    if (name == armed.name) std::raise(SIGKILL);
}

}  // namespace berth
