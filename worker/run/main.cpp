#include <csignal>
#include <iostream>
#include <optional>
#include <sys/stat.h>

#include "core/base/file.hpp"
#include "core/config/load.hpp"
#include "core/nostr/published_keys.hpp"
#include "worker/run/check.hpp"
#include "worker/run/worker.hpp"

namespace {

using namespace berth;
using namespace std::chrono_literals;

constexpr auto kUsage = "berth-worker --config FILE [--check | --print-edge-config]";
constexpr int kProtocol = 1;
constexpr int kBadSettings = 2;

int Complain(const Error& error)
{
    std::cerr << "berth-worker: " << error.reason << ": " << error.message << '\n';
    return kBadSettings;
}

int PrintEdgeConfig(const worker::EdgeSettings& edge)
{
    if (const auto made = worker::PrepareEdgeFolder(edge); !made) return Complain(made.error());
    std::cout << worker::HaproxyConfiguration(edge);
    return 0;
}

sigset_t EndSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

/// True if somebody asks us to end within `pause`.
bool AskedToEnd(const sigset_t& signals, std::chrono::milliseconds pause)
{
    const timespec time{.tv_sec = pause.count() / 1000,
                        .tv_nsec = pause.count() % 1000 * 1'000'000};
    return ::sigtimedwait(&signals, nullptr, &time) > 0;
}

v1::RegisterWorkerRequest Registration(const worker::Settings& settings,
                                       const std::vector<std::unique_ptr<worker::Step>>& steps)
{
    v1::RegisterWorkerRequest request;
    request.set_worker(settings.name);
    request.set_protocol(kProtocol);
    request.set_software("berth-worker");
    for (const auto& step : steps) {
        auto& ability = *request.add_abilities();
        ability.set_job_kind(std::string{step->kind()});
        ability.set_step(std::string{step->name()});
    }
    return request;
}

/// Registers, however long the marketplace takes to come up; nothing if we are asked to end first.
std::optional<v1::RegisterWorkerResponse> Register(worker::Marketplace& marketplace,
                                                   const v1::RegisterWorkerRequest& request,
                                                   const sigset_t& signals, Log& log)
{
    std::string complained;
    while (true) {
        auto response = marketplace.Register(request, Deadline::After(5s));
        if (response) return *response;
        if (complained != response.error().reason) {
            log.Warning("Not registered yet.",
                        {{"reason", response.error().reason}, {"error", response.error().message}});
        }
        complained = response.error().reason;
        if (AskedToEnd(signals, 500ms)) return std::nullopt;
    }
}

int Serve(worker::Machine& machine, worker::Marketplace& marketplace,
          const worker::Settings& settings, Log& log)
{
    const auto signals = EndSignals();
    worker::RelayTerms terms{.marketplace = {},
                             .operator_key = machine.operator_key.pubkey(),
                             .denom = settings.akash.denom};
    const auto steps = worker::MakeSteps(machine, terms, settings);
    const auto registration = Registration(settings, steps);
    const auto registered = Register(marketplace, registration, signals, log);
    if (!registered) return 0;
    terms.marketplace = registered->marketplace();

    const std::chrono::milliseconds lease{registered->lease_millis()};
    worker::WalletActor wallet{{.marketplace = marketplace,
                                .chain = machine.chain,
                                .signer = machine.signer,
                                .pace = machine.pace,
                                .log = log},
                               settings.wallet,
                               settings.name,
                               lease};
    worker::Worker worker{{.marketplace = marketplace,
                           .wallet = wallet,
                           .wildcard = machine.wildcard,
                           .steps = steps,
                           .log = log},
                          {.registration = registration,
                           .slots = settings.slots,
                           .lease = lease,
                           .heartbeat = std::chrono::milliseconds{registered->heartbeat_millis()},
                           .wallet_poll = settings.wallet.poll}};
    if (!settings.ready_file.empty()) {
        if (const auto written = WriteFileAtomically(settings.ready_file, settings.name + "\n");
            !written) {
            return Complain(written.error());
        }
    }
    log.Info("Working.", {{"worker", settings.name}, {"slots", settings.slots}});
    int signal = 0;
    ::sigwait(&signals, &signal);
    log.Info("Draining.", {});
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    const auto arguments = config::Arguments::FromMain(argc, argv);
    if (const auto about =
            config::About("berth-worker", kUsage, worker::WorkerSettings(), arguments)) {
        std::cout << *about;
        return 0;
    }
    const auto loaded = config::Load(worker::WorkerSettings(), arguments);
    if (!loaded) return Complain(loaded.error());
    const auto settings = worker::ReadSettings(loaded->config);
    if (!settings) return Complain(settings.error());
    if (loaded->config.Bool("print_edge_config")) return PrintEdgeConfig(settings->edge);

    const auto key = nostr::SecretKey::Parse(settings->operator_key.Expose());
    if (!key) return Complain(key.error());
    if (nostr::IsPublishedTestKey(*key)) {
        return Complain(
            Fail(ErrorCode::kInvalid, "PUBLISHED_KEY", "This key is in public documents."));
    }
    auto sealer = worker::OrderSealer::Make(settings->sealing_key, *key);
    if (!sealer) return Complain(sealer.error());

    const bool only_check = loaded->config.Bool("check");
    const auto signals = EndSignals();  // Before any library starts a thread of its own.
    if (!only_check) ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::umask(077);  // What lego leaves behind is nobody else's.
    std::filesystem::create_directories(settings->state_folder);
    worker::Machine machine{*settings, std::move(*sealer), *key};
    worker::GrpcMarketplace marketplace{settings->marketplace, *key, machine.clock};
    if (only_check) {
        return worker::CheckEverything(machine, marketplace, *settings, std::cout) ? 0 : 1;
    }
    Log log{std::cerr, "berth-worker", machine.clock};
    return Serve(machine, marketplace, *settings, log);
}
