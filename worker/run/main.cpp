#include <cstdio>
#include <iostream>

#include "core/config/load.hpp"
#include "worker/run/settings.hpp"

namespace {

constexpr auto kUsage = "berth-worker --config FILE [--check | --print-edge-config]";

int Complain(const berth::Error& error)
{
    std::cerr << "berth-worker: " << error.reason << ": " << error.message << '\n';
    return 2;
}

int PrintEdgeConfig(const berth::worker::EdgeSettings& edge)
{
    if (const auto made = berth::worker::PrepareEdgeFolder(edge); !made) return Complain(made.error());
    std::cout << berth::worker::HaproxyConfiguration(edge);
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    using namespace berth;
    const auto arguments = config::Arguments::FromMain(argc, argv);
    if (config::AsksForHelp(arguments)) {
        std::cout << config::HelpText(kUsage, worker::WorkerSettings());
        return 0;
    }
    const auto loaded = config::Load(worker::WorkerSettings(), arguments);
    if (!loaded) return Complain(loaded.error());
    const auto settings = worker::ReadSettings(loaded->config);
    if (!settings) return Complain(settings.error());
    if (loaded->config.Bool("print_edge_config")) return PrintEdgeConfig(settings->edge);
    return 0;
}
