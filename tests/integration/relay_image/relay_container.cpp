#include "tests/integration/relay_image/relay_container.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json.hpp>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/command_runner.hpp"

namespace berth::relay::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kLimit = 60s;

Result<CommandOutput> Run(std::vector<std::string> argv)
{
    ProcessRunner runner{1};
    return runner.Run({.argv = std::move(argv)}, Deadline::After(kLimit));
}

std::string ReadAll(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

fs::path MakeFolder()
{
    char name[] = "/tmp/berth-container-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"no temporary folder could be made"};
    return name;
}

}  // namespace

std::string RunProgram(std::vector<std::string> argv)
{
    const auto program = argv.front();
    const auto ran = Run(std::move(argv));
    if (!ran) throw std::runtime_error{program + ": " + ran.error().message};
    if (ran->exit_code != 0) throw std::runtime_error{program + ": " + ran->err};
    auto out = ran->out;
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

std::string WhyNoContainers()
{
    const auto ran = Run({"unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "true"});
    if (!ran) return ran.error().message;
    return ran->exit_code == 0 ? "" : ran->err;
}

RelayContainer::RelayContainer(const fs::path& layout, const std::string& tag,
                               const std::map<std::string, std::string>& environment,
                               const fs::path& folder)
    : folder_{MakeFolder()}, name_{folder_.filename()}
{
    const auto image = layout.string() + ":" + tag;
    RunProgram({"umoci", "unpack", "--image", image, folder_ / "bundle"});
    Configure(environment, folder);
    const auto start = Runc(
        {"run", "--detach", "--bundle", folder_ / "bundle", "--pid-file", folder_ / "pid", name_});
    // A shell, since the container keeps the streams that it was started with.
    std::vector<std::string> argv{
        "sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", folder_ / "log"};
    argv.insert(argv.end(), start.begin(), start.end());
    const auto ran = Run(std::move(argv));
    if (!ran || ran->exit_code != 0) throw std::runtime_error{"runc: " + Log()};
    pid_ = std::stoi(ReadAll(folder_ / "pid"));
}

RelayContainer::~RelayContainer()
{
    (void)Run(Runc({"delete", "--force", name_}));
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

int RelayContainer::Exec(const std::vector<std::string>& argv) const
{
    auto words = Runc({"exec", name_});
    words.insert(words.end(), argv.begin(), argv.end());
    const auto ran = Run(std::move(words));
    if (!ran) throw std::runtime_error{"runc: " + ran.error().message};
    return ran->exit_code;
}

std::string RelayContainer::Log() const { return ReadAll(folder_ / "log"); }

std::vector<std::string> RelayContainer::Runc(std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), {"runc", "--root", folder_ / "state"});
    return arguments;
}

void RelayContainer::Configure(const std::map<std::string, std::string>& environment,
                               const fs::path& mounted) const
{
    const auto file = folder_ / "bundle" / "config.json";
    auto config = json::parse(ReadAll(file));
    auto& process = config.at("process").as_object();
    process["terminal"] = false;
    for (const auto& [name, value] : environment) {
        process["env"].as_array().emplace_back(name + "=" + value);
    }
    config.at("root").as_object()["readonly"] = true;
    config.at("mounts").as_array().push_back({{"destination", mounted.string()},
                                              {"source", mounted.string()},
                                              {"type", "bind"},
                                              {"options", {"bind", "ro"}}});
    auto& namespaces = config.at("linux").at("namespaces").as_array();
    const auto network = std::ranges::find_if(
        namespaces, [](const auto& one) { return one.at("type") == "network"; });
    if (network != namespaces.end()) namespaces.erase(network);
    std::ofstream{file} << config;
}

}  // namespace berth::relay::test
