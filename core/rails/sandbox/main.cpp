// A stand-in XRP Ledger for tests and quickstart: rippled's JSON-RPC over a small model of payment
// channels, with control commands in place of signed transactions.

#include <array>
#include <iostream>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/base/log.hpp"
#include "core/config/load.hpp"
#include "core/http/loop.hpp"
#include "core/http/server.hpp"
#include "core/rails/sandbox/ledger_file.hpp"
#include "core/rails/sandbox/rpc.hpp"

namespace berth::rails::sandbox {
namespace {

namespace asio = boost::asio;
using config::Type;

constexpr auto kUsage = "berth-xrpl-sandbox --state_file=FILE [--key=value ...]";
constexpr std::array<config::Setting, 5> kSettings{{
    {.key = "address",
     .type = Type::kText,
     .fallback = "127.0.0.1:0",
     .help = "Where to listen; port 0 is a free one."},
    {.key = "ready_file",
     .type = Type::kText,
     .fallback = "",
     .help = "Gets host:port in one line once requests are served."},
    {.key = "state_file",
     .type = Type::kText,
     .fallback = std::nullopt,
     .help = "The ledger's file; made if it is not there."},
    {.key = "ledger_interval",
     .type = Type::kDuration,
     .fallback = "1s",
     .help = "Time between ledgers.",
     .least = 10,
     .most = 60'000},
    {.key = "network_id",
     .type = Type::kInteger,
     .fallback = "0",
     .help = "Network id of a new ledger.",
     .least = 0,
     .most = 4'294'967'295},
}};

Result<void> Serve(const config::Config& config, Log& log)
{
    const SystemClock clock;
    const auto& file = config.Text("state_file");
    const bool is_new = !std::filesystem::exists(file);
    auto state = ReadLedger(file);
    if (!state) return state.error();
    if (is_new) state->network_id = static_cast<std::uint32_t>(config.Integer("network_id"));
    Ledger ledger{std::move(*state), clock};
    if (const auto written = WriteLedger(file, ledger.state()); !written) return written.error();

    boost::asio::io_context io{1};
    const auto server = http::Server::Bind(io, {.address = config.Text("address")});
    if (!server) return server.error();
    if (const auto& ready = config.Text("ready_file"); !ready.empty()) {
        const auto written = WriteFileAtomically(ready, (*server)->address() + "\n", 0644);
        if (!written) return written.error();
    }
    log.Info("serving", {{"address", (*server)->address()}});
    (*server)->Start([&](http::Request request) -> asio::awaitable<std::optional<http::Response>> {
        if (request.method != "POST") co_return http::Response{405, "Send POST.\n"};
        auto answer = Answer(ledger, request.body);
        if (answer.changed && !WriteLedger(file, ledger.state())) {
            log.Error("the ledger could not be written", {{"file", file}});
            std::abort();  // What was not written must not be acknowledged.
        }
        co_return http::Response{.body = std::move(answer.body)};
    });
    http::Repeat(
        io, [&] { ledger.Close(); }, config.Duration("ledger_interval"));
    http::RunUntilSignal(io);
    return WriteLedger(file, ledger.state());
}

int Main(const config::Arguments& arguments)
{
    if (const auto about = config::About("berth-xrpl-sandbox", kUsage, kSettings, arguments)) {
        std::cout << *about;
        return 0;
    }
    const SystemClock clock;
    Log log{std::cerr, "berth-xrpl-sandbox", clock};
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
}  // namespace berth::rails::sandbox

int main(int argc, char** argv)
{
    return berth::rails::sandbox::Main(berth::config::Arguments::FromMain(argc, argv));
}
