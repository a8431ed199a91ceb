#include <ostream>

#include <boost/json/serialize.hpp>

#include "core/base/strict_json.hpp"
#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/mirror/synchronizer.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using config::Setting;
using config::Type;

constexpr auto kConnectLimit = 15s;

constexpr Setting kSettings[] = {
    {"dir", Type::kText, "both", "which way events go: up, down or both"},
    {"filter", Type::kText, "{}", "filter of the events, as in a REQ"},
};

/// What the command line asks for.
struct SyncOrder {
    std::string url;
    SyncDirection direction = SyncDirection::kBoth;
    json::object filter;
};

Result<SyncOrder> ReadOrder(const Invocation& invocation)
{
    const auto wrong = [](std::string message) {
        return Fail(ErrorCode::kInvalid, "BAD_COMMAND", std::move(message));
    };
    if (invocation.words.size() != 1) return wrong("sync takes the address of one relay.");
    SyncOrder order{.url = invocation.words[0], .filter = {}};
    const auto& direction = invocation.config.Text("dir");
    if (direction == "up") order.direction = SyncDirection::kUp;
    if (direction == "down") order.direction = SyncDirection::kDown;
    if (direction != "up" && direction != "down" && direction != "both") {
        return wrong("--dir is up, down or both.");
    }
    const auto filter = ParseJsonStrict(invocation.config.Text("filter"), {.integers_only = true});
    if (!filter || !ParseFilter(*filter)) return wrong("--filter is no filter.");
    order.filter = filter->as_object();
    return order;
}

Result<SyncReport> Synchronize(const SyncOrder& order, const RelaySettings& settings,
                               const Invocation& invocation)
{
    const auto store = OpenStore(invocation.config);
    if (!store) return store.error();
    const auto remote = RemoteRelay::Connect(order.url, Deadline::After(kConnectLimit));
    if (!remote) return remote.error();
    return Synchronizer{
        **store, **remote, {settings.limits, invocation.clock, settings.profile.url}}
        .Run(order.filter, order.direction);
}

Exit Sync(const Invocation& invocation)
{
    const auto refuse = [&](const Error& error, Exit exit) {
        invocation.log.Error("not synchronised",
                             {{"reason", error.reason}, {"error", error.message}});
        return exit;
    };
    const auto order = ReadOrder(invocation);
    if (!order) return refuse(order.error(), Exit::kUsage);
    const auto settings = ReadSettings(invocation.config);
    if (!settings) return refuse(settings.error(), Exit::kUsage);
    const auto report = Synchronize(*order, *settings, invocation);
    if (!report) return refuse(report.error(), Exit::kFailed);
    invocation.out << json::serialize(json::object{{"stored", report->stored},
                                                   {"sent", report->sent},
                                                   {"refused", report->refused}})
                   << std::endl;
    return Exit::kDone;
}

}  // namespace

Subcommand SyncCommand()
{
    return {.name = "sync",
            .arguments = "wss://RELAY",
            .help = "Brings this relay's events and another's together by negentropy.",
            .options = kSettings,
            .most_words = 1,
            .run = Sync};
}

}  // namespace berth::relay
