#include "cli/stack/world.hpp"

#include "cli/stack/bootstrap.hpp"
#include "cli/stack/loopback.hpp"
#include "cli/stack/private_ca.hpp"
#include "cli/stack/stop_signals.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/base/strict_json.hpp"
#include "core/nostr/keys.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kServerLimit = 60s;
constexpr auto kCommandLimit = 60s;
constexpr std::uintmax_t kLeastSpace = 512ULL << 20;

/// What a run makes in its folder; everything else in there is left alone.
constexpr const char* kOurFolders[] = {"keys",   "tls",   "postgres",    "bind",    "pebble",
                                       "xrpl",   "akash", "marketplace", "haproxy", "edge",
                                       "worker", "plans", "customer"};

Result<void> WriteKey(const fs::path& file, const std::string& hex)
{
    return WriteFileAtomically(file, hex + "\n");
}

Result<void> CheckSpace(const fs::path& place)
{
    std::error_code failed;
    const auto space = fs::space(place, failed);
    if (failed || space.available >= kLeastSpace) return {};
    return Fail(ErrorCode::kExhausted, "NO_SPACE",
                "Less than 512 MiB are free for " + place.string() + ".");
}

/// Makes a key, stores it and returns its public half.
Result<std::string> NewKey(const fs::path& file)
{
    const auto key = nostr::SecretKey::Generate();
    if (const auto written = WriteKey(file, ToHex(key.bytes().Expose())); !written) {
        return written.error();
    }
    return key.pubkey();
}

}  // namespace

World::~World() { Stop(); }

std::chrono::seconds World::order_limit() const { return settings_.network ? 1800s : 300s; }

std::string World::PlanName() { return "plans/relay"; }

Result<void> World::Start()
{
    const auto started = StartAll();
    if (!started) Stop();
    return started;
}

Result<void> World::StartAll()
{
    if (const auto up = EnsureLoopback(); !up) return up;
    const auto layout = MakeLayout(settings_.folder, settings_.programs);
    if (!layout) return layout.error();
    layout_ = *layout;
    network_ = settings_.network.value_or(PrivateNetwork(layout_));
    for (const auto step : {&World::PrepareFolder, &World::MakeKeys, &World::StartServers,
                            &World::StartNetworks, &World::StartMarketplace, &World::StartEdge}) {
        if (StopRequested()) {
            return Fail(ErrorCode::kPrecondition, "STOP_REQUESTED", "Told to stop while starting.");
        }
        if (const auto done = (this->*step)(); !done) return done;
    }
    return {};
}

Result<void> World::PrepareFolder()
{
    const auto& folder = layout_.folder;
    if (const auto locked = lock_.Take(folder); !locked) return locked;
    for (const auto& place : {folder, ScratchFolder::Place()}) {
        if (const auto enough = CheckSpace(place); !enough) return enough;
    }
    std::error_code failed;
    if (const auto made = sockets_.Make(folder / "sockets", fs::perms::owner_all); !made)
        return made;
    const auto open_to_all = fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec;
    if (const auto made = databases_.Make(folder / "databases", open_to_all); !made) return made;
    ScratchFolder::RemoveLeftover(Postgres::LinkIn(folder / "postgres"));
    for (const auto* name : kOurFolders) fs::remove_all(folder / name, failed);
    for (const auto* name : {"keys", "tls", "akash/home", "plans"}) {
        fs::create_directories(folder / name, failed);
        fs::permissions(folder / name, fs::perms::owner_all, failed);
    }
    return {};
}

Result<void> World::MakeKeys()
{
    const auto marketplace = NewKey(layout_.KeyFile("marketplace"));
    const auto admin = NewKey(layout_.KeyFile("admin"));
    const auto finance = NewKey(layout_.KeyFile("finance"));
    const auto seed = rails::XrpKey::GenerateSeed();
    const auto sealing = WriteKey(layout_.KeyFile("sealing"), ToHex(RandomBytes(32)));
    if (!marketplace || !admin || !finance || !sealing) {
        return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN", "The keys could not be written.");
    }
    marketplace_key_ = *marketplace;
    parties_.admin = *admin;
    parties_.finance = *finance;
    parties_.xrpl_account = rails::XrpKey::FromSeed(seed.Expose())->address();
    for (int i = 1; i <= settings_.operators; ++i) {
        const auto key = NewKey(layout_.KeyFile(OperatorName(i)));
        if (!key) return key.error();
        parties_.operators.push_back(*key);
    }
    const PrivateCa ca{"Private marketplace CA"};
    const auto tls = layout_.folder / "tls";
    const auto issued = ca.Issue(tls / "marketplace.pem", tls / "marketplace.key");
    if (!issued) return issued;
    return WriteFileAtomically(layout_.MarketplaceCa(), ca.Certificate(), 0644);
}

Result<void> World::Start(Server& server)
{
    started_.push_back(&server);
    return server.Start(Deadline::After(kServerLimit));
}

Result<void> World::StartServers()
{
    postgres_ = std::make_unique<Postgres>(layout_.folder / "postgres");
    bind_ = std::make_unique<Bind>(
        layout_.folder / "bind", layout_.bind, PrivateZones(),
        settings_.network ? settings_.network->forwarders : std::vector<Forwarder>{});
    pebble_ =
        std::make_unique<Pebble>(Pebble::Settings{.folder = layout_.folder / "pebble",
                                                  .port = layout_.pebble,
                                                  .management_port = layout_.pebble_management,
                                                  .resolver = bind_->Address()});
    if (const auto started = Start(*postgres_); !started) return started;
    if (const auto started = Start(*bind_); !started) return started;
    return Start(*pebble_);
}

Daemon::Settings World::Program(const std::string& name, const std::string& program, Config config,
                                const Config& on_top) const
{
    for (const auto& [key, value] : on_top) config[key] = value;
    return {.name = name,
            .program = layout_.programs / program,
            .folder = layout_.folder / name,
            .config = std::move(config)};
}

/// The wallet comes before the stand-in chain: its genesis pays it.
Result<void> World::StartNetworks()
{
    shell_ = std::make_unique<Shell>(Shell::Settings{.program = layout_.Berth(),
                                                     .marketplace = Local(layout_.marketplace),
                                                     .ca_file = layout_.MarketplaceCa()});
    xrpl_ = std::make_unique<Daemon>(
        Program("xrpl", "core/rails/sandbox/berth-xrpl-sandbox", XrplSandboxConfig(layout_), {}));
    if (const auto started = Start(*xrpl_); !started) return started;
    if (settings_.network) return FindWallet();
    if (const auto created = CreateWallet(); !created) return created;
    akash_ = std::make_unique<Daemon>(
        Program("akash", "akash/sandbox/berth-akash-sandbox",
                AkashSandboxConfig(layout_, parties_, settings_.block_time, databases_.path()),
                settings_.akash_sandbox));
    return Start(*akash_);
}

Result<void> World::CreateWallet()
{
    return AskForWallet({"create", "--mnemonic-file", layout_.folder / "keys/wallet.mnemonic"});
}

/// Asks the network too, so that nothing is ordered on one that does not answer.
Result<void> World::FindWallet()
{
    return AskForWallet({"balance", "--node", network_.nodes.substr(0, network_.nodes.find(','))});
}

Result<void> World::AskForWallet(std::vector<std::string> words)
{
    words.insert(words.begin(), "wallet");
    words.insert(words.end(),
                 {"--akash", network_.akash, "--home", network_.home, "--keyring-backend",
                  network_.keyring_backend, "--name", network_.from});
    const auto answer =
        shell_->Run(layout_.KeyFile("operator"), words, Deadline::After(kCommandLimit));
    if (!answer) return answer.error();
    parties_.wallet = answer->at("address").as_string();
    return {};
}

Result<void> World::StartMarketplace()
{
    const auto database = postgres_->CreateDatabase("berth");
    if (!database) return database.error();
    auto config = MarketplaceConfig(layout_, parties_, *pebble_, *database);
    config.merge(MarketplaceConfig(network_));
    marketplace_ = std::make_unique<Daemon>(Program("marketplace", "marketplace/berth-marketplace",
                                                    std::move(config), settings_.marketplace));
    const auto migrated = marketplace_->RunToEnd({"migrate"}, Deadline::After(kCommandLimit));
    if (!migrated) return migrated.error();
    if (const auto started = Start(*marketplace_); !started) return started;
    return OpenForBusiness(*shell_, layout_, parties_, network_);
}

Result<void> World::StartEdge()
{
    const auto socket = sockets_.path() / "haproxy.sock";
    auto config = WorkerConfig(layout_, *bind_, *pebble_, socket);
    config.merge(WorkerConfig(network_));
    worker_ = std::make_unique<Daemon>(
        Program("worker", "worker/berth-worker", std::move(config), settings_.worker));
    const auto edge = worker_->RunToEnd({"--print-edge-config"}, Deadline::After(kCommandLimit));
    if (!edge) return edge.error();
    haproxy_ = std::make_unique<Haproxy>(layout_.folder / "haproxy",
                                         std::vector{layout_.edge, layout_.second_edge});
    if (const auto written = haproxy_->Configure(*edge); !written) return written;
    if (const auto started = Start(*haproxy_); !started) return started;
    return Start(*worker_);
}

void World::Stop()
{
    for (auto server = started_.rbegin(); server != started_.rend(); ++server) (*server)->Stop();
    started_.clear();
}

boost::json::object World::RelayRuntime() const
{
    if (!akash_) return {};
    const auto ready = ParseJsonStrict(akash_->ready_line());
    const auto* images =
        ready && ready->is_object() ? ready->get_object().if_contains("images") : nullptr;
    if (images && images->is_array() && !images->get_array().empty()) {
        return images->get_array().front().as_object();
    }
    return {{"runs_as", "program"}, {"why_not", "its image was not built"}};
}

boost::json::object World::Describe()
{
    namespace json = boost::json;
    json::object keys;
    for (const auto* who : {"admin", "finance", "marketplace"})
        keys[who] = layout_.KeyFile(who).string();
    json::array operators;
    for (int i = 1; i <= settings_.operators; ++i) {
        operators.push_back(
            json::object{{"key_file", layout_.KeyFile(OperatorName(i)).string()},
                         {"pubkey", parties_.operators[static_cast<std::size_t>(i - 1)]},
                         {"plan", PlanOf(i)}});
    }
    json::object pids;
    for (auto* server : started_) pids[server->child().name()] = server->child().pid();
    return {
        {"folder", layout_.folder.string()},
        {"programs", layout_.programs.string()},
        {"marketplace",
         {{"address", Local(layout_.marketplace)},
          {"ca_file", layout_.MarketplaceCa().string()},
          {"pubkey", marketplace_key_}}},
        {"keys", keys},
        {"operators", operators},
        {"resolver", Local(layout_.bind)},
        {"edge", {Local(layout_.edge), Local(layout_.second_edge)}},
        {"relay_ca_file", pebble_->Root().string()},
        {"customer_zone",
         {{"zone", kCustomerZone}, {"tsig_file", bind_->KeyFile(kCustomerZoneKey).string()}}},
        {"xrpl", {{"url", "http://" + Local(layout_.xrpl)}, {"account", parties_.xrpl_account}}},
        {"akash",
         {{"node", network_.nodes},
          {"home", network_.home},
          {"chain_id", network_.chain_id},
          {"from", network_.from},
          {"wallet", parties_.wallet}}},
        {"relay_runtime", RelayRuntime()},
        {"postgres_url", postgres_->Url("berth")},
        {"pids", pids}};
}

}  // namespace berth::stack
