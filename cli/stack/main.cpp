// berth-stack: all of Berth on this machine's loopback, for quickstart and tests.

#include <iostream>

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "cli/stack/first_order.hpp"
#include "cli/stack/quickstart_report.hpp"
#include "cli/stack/stop_signals.hpp"
#include "cli/stack/supervisor.hpp"
#include "cli/stack/world.hpp"

namespace berth::stack {
namespace {

namespace json = boost::json;

struct Options {
    World::Settings world;
    std::vector<std::string> settings;  ///< `worker.slots=2`
    int block_millis = 500;
    bool json = false;
    bool control = false;
    bool once = false;
};

/// Puts `PROGRAM.KEY=VALUE` into the configuration of its program.
bool Distribute(Options& options)
{
    std::map<std::string, Config*> programs{{"marketplace", &options.world.marketplace},
                                            {"worker", &options.world.worker},
                                            {"akash", &options.world.akash_sandbox}};
    for (const auto& setting : options.settings) {
        const auto dot = setting.find('.');
        const auto equals = setting.find('=');
        const auto program = programs.find(setting.substr(0, dot));
        if (program == programs.end() || equals == std::string::npos || equals < dot) return false;
        (*program->second)[setting.substr(dot + 1, equals - dot - 1)] = setting.substr(equals + 1);
    }
    return true;
}

int Complain(const Error& error, bool as_json)
{
    if (error.reason == "STOP_REQUESTED") {
        std::cerr << "berth-stack: stopped; nothing of it runs any more" << std::endl;
        return 130;
    }
    std::cerr << "berth-stack: " << error.message << " (" << error.reason << ")" << std::endl;
    if (as_json) {
        const json::object fields{{"reason", error.reason}, {"message", error.message}};
        std::cout << json::serialize(json::object{{"error", fields}}) << std::endl;
    }
    return 1;
}

Result<void> Up(const Options& options)
{
    StopWithParent();
    World world{options.world};
    if (const auto started = world.Start(); !started) return started;
    std::cout << json::serialize(world.Describe()) << std::endl;
    return Supervisor{world.servers(), std::cout, options.control}.Run();
}

Result<void> Quickstart(const Options& options)
{
    World world{options.world};
    auto& progress = options.json ? std::cerr : std::cout;
    progress << "Starting PostgreSQL, BIND, Pebble, HAProxy, "
             << (options.world.network ? "a stand-in ledger" : "both stand-in networks")
             << ", marketplace and worker in " << options.world.folder.string() << std::endl;
    if (const auto started = world.Start(); !started) return started;
    progress << DescribeRuntime(world.RelayRuntime()) << std::flush;
    const auto outcome = FirstOrder{world, progress}.Run();
    if (!outcome) return outcome.error();
    progress << DescribeOutcome(world, *outcome, !options.once) << std::flush;
    if (!options.once) {
        if (options.json) std::cout << OutcomeLine(*outcome) << std::endl;
        progress << "Everything keeps running until you press Ctrl-C." << std::endl;
        return Supervisor{world.servers(), std::cout, false}.Run();
    }
    world.Stop();
    if (options.json) std::cout << OutcomeLine(*outcome) << std::endl;
    return {};
}

void AddOptions(CLI::App& app, Options& options)
{
    app.add_option("--folder", options.world.folder, "Where everything is kept; made anew")
        ->required();
    app.add_option("--programs", options.world.programs, "The build folder")->capture_default_str();
    app.add_option("--block-time", options.block_millis, "Of the stand-in chain, in milliseconds")
        ->capture_default_str()
        ->check(CLI::Range(50, 60000));
    app.add_option("--operators", options.world.operators,
                   "The first one has a wallet and a worker")
        ->capture_default_str()
        ->check(CLI::Range(1, 9));
    app.add_option("--set", options.settings,
                   "marketplace.KEY=VALUE, worker.KEY=VALUE or akash.KEY=VALUE")
        ->allow_extra_args(false);
    app.add_flag("--json", options.json, "Print JSON");
}

}  // namespace
}  // namespace berth::stack

int main(int argc, char** argv)
{
    using namespace berth::stack;
    HoldStopSignals();
    Options options;
    options.world.programs =
        std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
    CLI::App app{"All of Berth on this machine's loopback.", "berth-stack"};
    app.require_subcommand(1);
    auto* up = app.add_subcommand("up", "Start it, print one JSON line, run until told to stop");
    AddOptions(*up, options);
    up->add_flag("--control", options.control, "Take commands on standard input");
    auto* quickstart = app.add_subcommand("quickstart", "Start it and order a relay");
    AddOptions(*quickstart, options);
    quickstart->add_flag("--once", options.once, "Stop everything at the end");
    CLI11_PARSE(app, argc, argv);
    options.world.block_time = std::chrono::milliseconds{options.block_millis};
    if (!Distribute(options)) {
        std::cerr << "berth-stack: --set takes PROGRAM.KEY=VALUE" << std::endl;
        return 2;
    }
    auto network = NetworkOfEnvironment();
    if (!network) return Complain(network.error(), options.json);
    options.world.network = std::move(*network);
    const auto done = up->parsed() ? Up(options) : Quickstart(options);
    return done ? 0 : Complain(done.error(), options.json);
}
