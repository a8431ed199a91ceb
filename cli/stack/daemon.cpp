#include "cli/stack/daemon.hpp"

#include <cstdlib>

#include <boost/json/serialize.hpp>

#include "core/base/command_runner.hpp"
#include "core/base/file.hpp"

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

constexpr auto kFailpointVariable = "BERTH_FAILPOINT";
constexpr auto kFailpointLogVariable = "BERTH_FAILPOINT_LOG";
constexpr std::size_t kErrorBytes = 2000;

std::string End(const std::string& text)
{
    return text.substr(text.size() - std::min(text.size(), kErrorBytes));
}

}  // namespace

Daemon::Daemon(Settings settings)
    : settings_{std::move(settings)},
      child_{{.name = settings_.name,
              .argv = {settings_.program, "--config", settings_.folder / "config.yaml"},
              .log = settings_.folder / "log",
              .directory = settings_.folder}}
{
    settings_.config["ready_file"] = ReadyFile();
}

fs::path Daemon::ConfigFile() const { return settings_.folder / "config.yaml"; }

fs::path Daemon::ReadyFile() const { return settings_.folder / "ready"; }

Result<void> Daemon::WriteConfig() const
{
    std::error_code failed;
    fs::create_directories(settings_.folder, failed);
    std::string yaml;
    for (const auto& [key, value] : settings_.config) {  // A JSON string is one of YAML.
        yaml += key + ": " + boost::json::serialize(boost::json::string{value}) + "\n";
    }
    return WriteFileAtomically(ConfigFile(), yaml);
}

Result<std::string> Daemon::RunToEnd(const std::vector<std::string>& arguments, Deadline deadline)
{
    if (const auto written = WriteConfig(); !written) return written.error();
    Command command{.argv = {settings_.program}};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.argv.insert(command.argv.end(), {"--config", ConfigFile()});
    ProcessRunner runner{1};
    const auto output = runner.Run(command, deadline);
    if (!output) return output.error();
    if (output->exit_code == 0) return output->out;
    return Fail(ErrorCode::kUnavailable, "PROGRAM_FAILED",
                settings_.name + " failed: " + End(output->err));
}

Result<void> Daemon::Launch()
{
    if (const auto written = WriteConfig(); !written) return written;
    std::error_code ignored;
    fs::remove(ReadyFile(), ignored);
    child_.environment().erase(kFailpointVariable);
    if (!failpoints_.empty()) {
        child_.environment()[kFailpointVariable] = failpoints_.front();
        failpoints_.pop_front();
    }
    if (const auto* log = std::getenv(kFailpointLogVariable)) {
        child_.environment()[kFailpointLogVariable] = log;
    }
    return child_.Start();
}

bool Daemon::Serves()
{
    if (!fs::exists(ReadyFile())) return false;
    const auto line = ReadFile(ReadyFile(), 4096);
    ready_line_ = line ? line->substr(0, line->find('\n')) : "";
    return true;
}

}  // namespace berth::stack
