#include <csignal>
#include <iostream>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/config/load.hpp"
#include "relay-image/commands/sync.hpp"
#include "relay-image/relay.hpp"

namespace {

constexpr auto kUsage =
    "berth-relay [--config FILE.yaml] [--key=value ...]\n"
    "       berth-relay sync wss://RELAY [--dir up|down|both] [--filter JSON] [--key=value ...]";

int Refuse(berth::Log& log, const berth::Error& error)
{
    log.Error("not started", {{"reason", error.reason}, {"error", error.message}});
    return 1;
}

}  // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    const berth::SystemClock clock;
    berth::Log log{std::cerr, "berth-relay", clock};
    const auto arguments = berth::config::Arguments::FromMain(argc, argv);
    const auto& words = arguments.flags_and_words;
    if (!words.empty() && words.front() == "sync") {
        return berth::relay::RunSync(
            {.arguments = arguments, .clock = clock, .log = log, .out = std::cout});
    }
    const auto declared = berth::relay::DeclaredSettings();
    if (berth::config::AsksForHelp(arguments)) {
        std::cout << berth::config::HelpText(kUsage, declared);
        return 0;
    }
    const auto read = [&]() -> berth::Result<berth::relay::RelaySettings> {
        const auto loaded = berth::config::Load(declared, arguments);
        if (!loaded) return loaded.error();
        return berth::relay::ReadSettings(loaded->config);
    };
    const auto settings = read();
    if (!settings) return Refuse(log, settings.error());
    const auto ran = berth::relay::RunRelay(*settings, clock, log, read);
    return ran ? 0 : Refuse(log, ran.error());
}
