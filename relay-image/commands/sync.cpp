#include "relay-image/commands/sync.hpp"

#include <ostream>

#include <boost/json/serialize.hpp>

#include "core/base/strict_json.hpp"
#include "relay-image/mirror/synchronizer.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using config::Setting;
using config::Type;

constexpr auto kConnectLimit = 15s;
constexpr int kFailed = 1;
constexpr int kMisused = 2;

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

std::vector<Setting> AllSettings()
{
    const auto relay = DeclaredSettings();
    std::vector<Setting> all{relay.begin(), relay.end()};
    all.insert(all.end(), std::begin(kSettings), std::end(kSettings));
    return all;
}

/// `--dir up` as `--dir=up`.
config::Arguments WithJoinedFlags(config::Arguments arguments)
{
    auto& words = arguments.flags_and_words;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] != "--dir" && words[i] != "--filter") continue;
        words[i] += "=" + words[i + 1];
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    return arguments;
}

Result<SyncOrder> ReadOrder(const config::Loaded& loaded)
{
    const auto wrong = [](std::string message) {
        return Fail(ErrorCode::kInvalid, "BAD_COMMAND", std::move(message));
    };
    if (loaded.words.size() != 2) return wrong("sync takes the address of one relay.");
    SyncOrder order{.url = loaded.words[1], .filter = {}};
    const auto& direction = loaded.config.Text("dir");
    if (direction == "up") order.direction = SyncDirection::kUp;
    if (direction == "down") order.direction = SyncDirection::kDown;
    if (direction != "up" && direction != "down" && direction != "both") {
        return wrong("--dir is up, down or both.");
    }
    const auto filter = ParseJsonStrict(loaded.config.Text("filter"), {.integers_only = true});
    if (!filter || !ParseFilter(*filter)) return wrong("--filter is no filter.");
    order.filter = filter->as_object();
    return order;
}

Result<SyncReport> Synchronize(const SyncOrder& order, const RelaySettings& settings,
                               const Clock& clock)
{
    const auto store = MakeStoreFactory(settings.storage)();
    if (const auto ready = store->Migrate(); !ready) return ready.error();
    const auto remote = RemoteRelay::Connect(order.url, Deadline::After(kConnectLimit));
    if (!remote) return remote.error();
    return Synchronizer{*store, **remote, {settings.limits, clock, settings.profile.url}}.Run(
        order.filter, order.direction);
}

}  // namespace

int RunSync(const CommandContext& context)
{
    const auto refuse = [&](const Error& error, int code) {
        context.log.Error("not synchronised", {{"reason", error.reason}, {"error", error.message}});
        return code;
    };
    const auto loaded = config::Load(AllSettings(), WithJoinedFlags(context.arguments));
    if (!loaded) return refuse(loaded.error(), kMisused);
    const auto order = ReadOrder(*loaded);
    if (!order) return refuse(order.error(), kMisused);
    const auto settings = ReadSettings(loaded->config);
    if (!settings) return refuse(settings.error(), kMisused);
    const auto report = Synchronize(*order, *settings, context.clock);
    if (!report) return refuse(report.error(), kFailed);
    context.out << json::serialize(json::object{{"stored", report->stored},
                                                {"sent", report->sent},
                                                {"refused", report->refused}})
                << std::endl;
    return 0;
}

}  // namespace berth::relay
