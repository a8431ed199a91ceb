// A stand-in for a node of LND, for tests and for trying a paid relay: LND's REST calls for
// invoices over TLS with a macaroon, and commands that pay them in place of a Lightning network.

#include <array>
#include <filesystem>
#include <iostream>

#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/base/log.hpp"
#include "core/config/load.hpp"
#include "core/http/loop.hpp"
#include "core/http/server.hpp"
#include "core/rails/lnd_sandbox/certificate.hpp"
#include "core/rails/lnd_sandbox/rest.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

namespace asio = boost::asio;
using config::Type;

constexpr auto kUsage = "berth-lnd-sandbox --folder=FOLDER [--key=value ...]";
constexpr std::array<config::Setting, 3> kSettings{{
    {.key = "address",
     .type = Type::kText,
     .fallback = "127.0.0.1:0",
     .help = "Where to listen; port 0 is a free one."},
    {.key = "ready_file",
     .type = Type::kText,
     .fallback = "",
     .help = "Gets host:port in one line once requests are served."},
    {.key = "folder",
     .type = Type::kText,
     .fallback = std::nullopt,
     .help = "Where node.json, tls.cert, tls.key and macaroon.hex are; made if they are not."},
}};

/// The macaroon of the folder in hex. Bytes of no structure: this node compares them only.
Result<std::string> EnsureMacaroon(const std::string& folder)
{
    const auto file = folder + "/macaroon.hex";
    if (!std::filesystem::exists(file)) {
        const auto written = WriteFileAtomically(file, ToHex(RandomBytes(64)) + "\n", 0600);
        if (!written) return written.error();
    }
    auto text = ReadFile(file);
    if (!text) return text.error();
    while (text->ends_with('\n')) text->pop_back();
    return text;
}

RestCall CallOf(http::Request request)
{
    return {.method = std::move(request.method),
            .target = std::move(request.target),
            .macaroon = request.Header("grpc-metadata-macaroon"),
            .body = std::move(request.body)};
}

Result<void> Serve(const config::Config& config, Log& log)
{
    const SystemClock clock;
    const auto& folder = config.Text("folder");
    std::filesystem::create_directories(folder);
    if (const auto ensured = EnsureCertificate(folder); !ensured) return ensured.error();
    auto macaroon = EnsureMacaroon(folder);
    if (!macaroon) return macaroon.error();
    const auto file = folder + "/node.json";
    auto state = ReadNode(file);
    if (!state) return state.error();
    Node node{std::move(*state), clock};
    if (const auto written = WriteNode(file, node.state()); !written) return written.error();
    Rest rest{node, std::move(*macaroon)};

    boost::asio::io_context io{1};
    const auto server = http::Server::Bind(io, {.address = config.Text("address"),
                                                .certificate_file = folder + "/tls.cert",
                                                .key_file = folder + "/tls.key"});
    if (!server) return server.error();
    if (const auto& ready = config.Text("ready_file"); !ready.empty()) {
        const auto written = WriteFileAtomically(ready, (*server)->address() + "\n", 0644);
        if (!written) return written.error();
    }
    log.Info("serving", {{"address", (*server)->address()}, {"node", node.pubkey()}});
    (*server)->Start([&](http::Request request) -> asio::awaitable<std::optional<http::Response>> {
        const auto call = CallOf(std::move(request));
        co_await http::Sleep(rest.TakeDelay(call));
        auto answer = rest.Answer(call);
        if (call.method == "POST" && !WriteNode(file, node.state())) {
            log.Error("the node could not be written", {{"file", file}});
            std::abort();  // What was not written must not be acknowledged.
        }
        if (answer.cut_off) co_return std::nullopt;
        co_return http::Response{.status = answer.status, .body = std::move(answer.body)};
    });
    http::RunUntilSignal(io);
    return WriteNode(file, node.state());
}

int Main(const config::Arguments& arguments)
{
    if (const auto about = config::About("berth-lnd-sandbox", kUsage, kSettings, arguments)) {
        std::cout << *about;
        return 0;
    }
    const SystemClock clock;
    Log log{std::cerr, "berth-lnd-sandbox", clock};
    const auto loaded = config::Load(kSettings, arguments);
    if (!loaded) {
        log.Error(loaded.error().message, {{"reason", loaded.error().reason}});
        return 2;
    }
    if (const auto served = Serve(loaded->config, log); !served) {
        log.Error(served.error().message, {{"reason", served.error().reason}});
        return 1;
    }
    return 0;
}

}  // namespace
}  // namespace berth::rails::lnd_sandbox

int main(int argc, char** argv)
{
    return berth::rails::lnd_sandbox::Main(berth::config::Arguments::FromMain(argc, argv));
}
