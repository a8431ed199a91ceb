// The daemon of the sandbox network, and `ctl`, which commands a running one.

#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json.hpp>

#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/node/node_server.hpp"
#include "akash/sandbox/runtime/ingress.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/config/load.hpp"

namespace {

using namespace berth;
using namespace berth::sandbox;
using config::Setting;
using config::Type;
namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto kUsage = "berth-akash-sandbox --data_dir=PATH | ctl NODE_URL COMMAND";
constexpr Setting kSettings[] = {
    {"address", Type::kText, "127.0.0.1:0", "Where the node answers the programs."},
    {"ingress_address", Type::kText, "127.0.0.1:0", "Where the providers' TLS ingress listens."},
    {"data_dir", Type::kText, std::nullopt, "Folder of the chain, the manifests and the logs."},
    {"ready_file", Type::kText, "", "Written, as JSON, once everything serves."},
    {"chain_id", Type::kText, "berth-sandbox", "Name of the chain."},
    {"block_time", Type::kDuration, "1s", "From one block to the next.", 10, 600'000},
    {"blocks_stopped", Type::kBool, "false", "No block before `ctl stop-blocks on=false`."},
    {"unordered", Type::kText, "yes",
     "Unordered transactions: yes, no, or unknown as to old nodes."},
    {"genesis", Type::kList, "", "Accounts of a new chain: ADDRESS=5000000uakt+5000000uact."},
    {"images", Type::kList, "", "Programs to run for images: IMAGE=PROGRAM."},
    {"image_layouts", Type::kList, "",
     "OCI layouts to run images from, where containers can be started: IMAGE=FOLDER:TAG."},
    {"runc", Type::kText, "runc", "Program that runs containers."},
    {"umoci", Type::kText, "umoci", "Program that unpacks images."},
    {"postgres_bin", Type::kText, "/usr/lib/postgresql/15/bin", "Folder of initdb and postgres."},
    {"postgres_user", Type::kText, "postgres", "System user to drop to when started as root."},
    {"postgres_dir", Type::kText, "", "Folder of the databases; by default made below /var/tmp."},
};

struct HostPort {
    std::string host;
    int port = 0;
};

HostPort ParseAddress(const std::string& address)
{
    const auto colon = address.rfind(':');
    if (colon == address.npos) throw std::runtime_error{"An address is HOST:PORT: " + address};
    return {.host = address.substr(0, colon), .port = std::stoi(address.substr(colon + 1))};
}

/// Databases stand where a system user can reach them, whoever owns the folders above data_dir.
fs::path PostgresFolder(const config::Config& config)
{
    if (!config.Text("postgres_dir").empty()) return config.Text("postgres_dir");
    const auto data = fs::absolute(config.Text("data_dir")).string();
    const auto digest = berth::ToHex(Sha256(data)).substr(0, 16);
    return fs::path{"/var/tmp"} / ("berth-sandbox-" + std::to_string(::getuid()) + "-" + digest);
}

UnorderedSupport UnorderedOf(const config::Config& config)
{
    try {
        return ParseUnordered(config.Text("unordered"));
    } catch (const QueryRefused& refused) {
        throw std::runtime_error{refused.text};
    }
}

/// A list of IMAGE=VALUE. Images may hold a `=` nowhere, values may.
std::map<std::string, std::string> ReadImages(const config::Config& config, const char* key)
{
    std::map<std::string, std::string> images;
    for (const auto& entry : config.List(key)) {
        const auto equals = entry.find('=');
        if (equals == entry.npos) {
            throw std::runtime_error{std::string{"An entry of "} + key + " is IMAGE=VALUE."};
        }
        images[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return images;
}

RuntimeSettings ReadRuntime(const config::Config& config)
{
    const auto folder = fs::absolute(config.Text("data_dir"));
    return {.folder = folder / "workloads",
            .postgres_folder = PostgresFolder(config),
            .postgres_bin = config.Text("postgres_bin"),
            .postgres_user = config.Text("postgres_user"),
            .images = ReadImages(config, "images"),
            .containers = {.folder = folder / "containers",
                           .runc = config.Text("runc"),
                           .umoci = config.Text("umoci"),
                           .layouts = ReadImages(config, "image_layouts")}};
}

json::array ImagesJson(const Workloads& workloads)
{
    json::array images;
    for (const auto& [image, digest, why_not, limited] : workloads.images()) {
        images.push_back(json::object{{"image", image},
                                      {"runs_as", digest.empty() ? "program" : "container"},
                                      {"digest", digest},
                                      {"limited", limited},
                                      {"why_not", why_not}});
    }
    return images;
}

std::vector<std::string> IngressNames()
{
    std::vector<std::string> names;
    for (const auto& provider : DefaultProviders()) {
        names.push_back("*.ingress." + provider.name + ".akash.test");
        names.push_back("provider." + provider.name + ".akash.test");
    }
    return names;
}

void WriteReadyFile(const config::Config& config, int node_port, int ingress_port,
                    const Workloads& workloads)
{
    if (config.Text("ready_file").empty()) return;
    const auto ca_file = fs::absolute(config.Text("data_dir")) / "ca.pem";
    json::array providers;
    for (const auto& provider : DefaultProviders())
        providers.push_back(json::string{provider.name});
    const json::object ready{{"node", "http://127.0.0.1:" + std::to_string(node_port)},
                             {"chain_id", config.Text("chain_id")},
                             {"ingress_port", ingress_port},
                             {"ca_file", ca_file.string()},
                             {"providers", providers},
                             {"images", ImagesJson(workloads)}};
    const auto written =
        WriteFileAtomically(config.Text("ready_file"), json::serialize(ready) + "\n", 0644);
    if (!written) throw std::runtime_error{written.error().message};
}

int Serve(const config::Config& config, Log& log)
{
    const fs::path folder = fs::absolute(config.Text("data_dir"));
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    Workloads workloads{ReadRuntime(config), log};
    Network network{{.chain_id = config.Text("chain_id"),
                     .folder = folder,
                     .block_time = config.Duration("block_time"),
                     .blocks_stopped = config.Bool("blocks_stopped"),
                     .unordered = UnorderedOf(config),
                     .genesis = config.List("genesis")},
                    workloads};
    boost::asio::io_context io;
    boost::asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&](auto, int) { io.stop(); });
    const auto node_address = ParseAddress(config.Text("address"));
    const NodeServer server{io, network, node_address.host, node_address.port};
    boost::asio::io_context ingress_io;
    const auto ingress_address = ParseAddress(config.Text("ingress_address"));
    const Ingress ingress{ingress_io, workloads,
                          IssueCertificate(IngressAuthority(folder), IngressNames()),
                          ingress_address.host, ingress_address.port};
    std::thread ingress_thread{[&] { ingress_io.run(); }};
    WriteReadyFile(config, server.port(), ingress.port(), workloads);
    log.Info("The sandbox network serves.",
             {{"node_port", server.port()}, {"ingress_port", ingress.port()}});
    io.run();
    ingress_io.stop();
    ingress_thread.join();
    log.Info("The sandbox network stops.");
    return 0;
}

/// `ctl NODE_URL COMMAND key=value...`
int Command(const std::vector<std::string>& words)
{
    if (words.size() < 3) {
        std::cerr << "usage: berth-akash-sandbox ctl NODE_URL COMMAND [key=value...]\n";
        return 2;
    }
    json::object params;
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        params[words[i].substr(0, equals)] =
            equals == words[i].npos ? "true" : words[i].substr(equals + 1);
    }
    std::cout << json::serialize(AskNode(words[1], words[2], params, "/control")) << '\n';
    return 0;
}

int Run(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words[0] == "ctl") return Command(words);
    const auto arguments = config::Arguments::FromMain(argc, argv);
    if (const auto about = config::About("berth-akash-sandbox", kUsage, kSettings, arguments)) {
        std::cout << *about;
        return 0;
    }
    const auto loaded = config::Load(kSettings, arguments);
    if (!loaded) {
        std::cerr << "berth-akash-sandbox: " << loaded.error().message << '\n';
        return 2;
    }
    const SystemClock clock;
    Log log{std::cerr, "berth-akash-sandbox", clock};
    return Serve(loaded->config, log);
}

}  // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return Run(argc, argv);
    } catch (const CommandFailed& failed) {
        std::cerr << "berth-akash-sandbox: " << failed.text << '\n';
    } catch (const std::exception& error) {
        std::cerr << "berth-akash-sandbox: " << error.what() << '\n';
    }
    return 1;
}
