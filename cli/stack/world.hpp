#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/stack/bind.hpp"
#include "cli/stack/daemon.hpp"
#include "cli/stack/folder_lock.hpp"
#include "cli/stack/haproxy.hpp"
#include "cli/stack/pebble.hpp"
#include "cli/stack/postgres.hpp"
#include "cli/stack/programs.hpp"
#include "cli/stack/scratch_folder.hpp"
#include "cli/stack/shell.hpp"

namespace berth::stack {

/// All of Berth on one machine's loopback: PostgreSQL, BIND, Pebble, HAProxy, both stand-in
/// networks (or an Akash network that is there already), the marketplace with an operator, his
/// plan, wallet and prices, and his worker. Everything begins anew at each start and ends with the
/// object. Not thread-safe; keep it on the main thread.
class World {
public:
    struct Settings {
        std::filesystem::path folder{};
        std::filesystem::path programs{};  ///< The build folder.
        std::chrono::milliseconds block_time{500};
        int operators = 1;     ///< Only the first one has a wallet and a worker.
        Config marketplace{};  ///< On top of the world's own settings.
        Config worker{};
        Config akash_sandbox{};
        std::optional<AkashNetwork> network{};  ///< Else a stand-in of our own is started.
    };
    explicit World(Settings settings) : settings_{std::move(settings)} {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    /// Brings everything up, in order. After an error nothing of it runs any more.
    /// Errors: kPrecondition `WORLD_RUNS_ALREADY`, `STOP_REQUESTED`; kExhausted `NO_SPACE`; those
    /// of EnsureLoopback, of the servers, of MakeLayout and of Shell.
    Result<void> Start();
    /// Stops everything in the opposite order. Idempotent.
    void Stop();

    /// Every address, file and process id, for people and tests.
    boost::json::object Describe();
    /// How the relays of this world run: `runs_as` is `container`, with the image's `digest`, or
    /// `program`, with `why_not`. Nothing where a network of its own runs them.
    boost::json::object RelayRuntime() const;
    /// Everything that runs, in the order of its start.
    const std::vector<Server*>& servers() const { return started_; }
    const Layout& layout() const { return layout_; }
    const Shell& shell() const { return *shell_; }
    /// How long an order may take to become active: blocks of a network of its own are fast.
    std::chrono::seconds order_limit() const;
    /// The plan that can be ordered.
    static std::string PlanName();

private:
    Result<void> StartAll();
    Result<void> PrepareFolder();
    Result<void> MakeKeys();
    Result<void> StartServers();
    Result<void> StartNetworks();
    Result<void> CreateWallet();
    Result<void> FindWallet();
    Result<void> AskForWallet(std::vector<std::string> words);
    Result<void> StartMarketplace();
    Result<void> StartEdge();
    Result<void> Start(Server& server);
    Daemon::Settings Program(const std::string& name, const std::string& program, Config config,
                             const Config& on_top) const;

    Settings settings_;
    Layout layout_;
    Parties parties_;
    AkashNetwork network_;
    FolderLock lock_;  ///< Before the folders, which go while it is still held.
    std::string marketplace_key_;
    ScratchFolder sockets_;
    ScratchFolder databases_;
    std::unique_ptr<Postgres> postgres_;
    std::unique_ptr<Bind> bind_;
    std::unique_ptr<Pebble> pebble_;
    std::unique_ptr<Daemon> xrpl_;
    std::unique_ptr<Daemon> akash_;
    std::unique_ptr<Daemon> marketplace_;
    std::unique_ptr<Haproxy> haproxy_;
    std::unique_ptr<Daemon> worker_;
    std::unique_ptr<Shell> shell_;
    std::vector<Server*> started_;
};

}  // namespace berth::stack
