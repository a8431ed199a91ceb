#include <algorithm>
#include <csignal>
#include <iostream>
#include <stdexcept>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/config/load.hpp"
#include "marketplace/configured.hpp"
#include "marketplace/db/migrations.hpp"
#include "marketplace/program.hpp"
#include "marketplace/settings.hpp"

namespace {

using namespace berth;

constexpr auto kUsage =
    "berth-marketplace --config FILE                    serves\n"
    "berth-marketplace migrate [--status] --config FILE  brings the database's tables up to date";

/// Signals are taken by this thread alone: every other one inherits the mask.
sigset_t BlockSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

/// Takes `word` out of the flags; true if it was there.
bool Take(std::vector<std::string>& flags, std::string_view word)
{
    const auto found = std::find(flags.begin(), flags.end(), word);
    if (found == flags.end()) return false;
    flags.erase(found);
    return true;
}

Log::Level LevelOf(const std::string& name)
{
    if (name == "debug") return Log::Level::kDebug;
    if (name == "info") return Log::Level::kInfo;
    if (name == "warning") return Log::Level::kWarning;
    if (name == "error") return Log::Level::kError;
    throw std::runtime_error("log_level is debug, info, warning or error");
}

int ShowMigrations(const std::string& url)
{
    const auto states = db::MigrationStatus(url);
    if (!states) throw std::runtime_error(states.error().message);
    bool complete = true;
    for (const auto& state : *states) {
        std::cout << (state.applied ? "applied  " : "missing  ") << state.name << "\n";
        complete = complete && state.applied;
    }
    return complete ? 0 : 1;
}

int Migrate(const std::string& url)
{
    const auto applied = db::Migrate(url);
    if (!applied) throw std::runtime_error(applied.error().message);
    for (const auto& name : *applied) std::cout << "applied  " << name << "\n";
    return 0;
}

int Serve(const config::Config& config, const sigset_t& signals)
{
    SystemClock clock;
    Log log{std::cerr, "berth-marketplace", clock, LevelOf(config.Text("log_level"))};
    marketplace::Program program{config, log};
    int signal = 0;
    sigwait(&signals, &signal);
    log.Info("draining", {{"signal", signal}});
    program.Drain();
    log.Info("stopped");
    return 0;
}

int Run(int argc, const char* const* argv)
{
    const auto signals = BlockSignals();
    auto arguments = config::Arguments::FromMain(argc, argv);
    if (const auto about =
            config::About("berth-marketplace", kUsage, marketplace::Settings(), arguments)) {
        std::cout << *about;
        return 0;
    }
    const bool status = Take(arguments.flags_and_words, "--status");
    const auto loaded = config::Load(marketplace::Settings(), arguments);
    if (!loaded) throw std::runtime_error(loaded.error().message);
    if (loaded->words.empty() && !status) return Serve(loaded->config, signals);
    if (loaded->words != std::vector<std::string>{"migrate"}) throw std::runtime_error(kUsage);
    const auto url = marketplace::DatabaseUrl(loaded->config);
    return status ? ShowMigrations(url) : Migrate(url);
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return Run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "berth-marketplace: " << error.what() << "\n";
        return 1;
    }
}
