#include "cli/stack/first_order.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <thread>

#include <boost/json.hpp>

#include "cli/stack/stop_signals.hpp"
#include "cli/stack/tail.hpp"
#include "core/base/strict_json.hpp"
#include "core/probe/http_client.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kCommandLimit = 60s;
constexpr auto kMarginLimit = 180s;
constexpr auto kPollEvery = 300ms;
constexpr int kSettleDelaySeconds = 86400 * 7;
constexpr auto kRelayName = "First light";
constexpr std::array kChainSteps{"create_deployment", "choose_bid", "create_lease"};

std::string TextAt(const json::value& value, std::string_view key)
{
    const auto* object = value.if_object();
    const auto* field = object ? object->if_contains(key) : nullptr;
    return field && field->is_string() ? std::string{field->get_string()} : "";
}

/// An integer of protobuf-JSON, where 64 bits are text.
std::int64_t IntegerAt(const json::value& value, std::string_view key)
{
    const auto text = TextAt(value, key);
    return text.empty() ? 0 : std::stoll(text);
}

std::int64_t NowMicros() { return SystemClock{}.Now().time_since_epoch().count(); }

double Seconds(std::int64_t micros) { return static_cast<double>(micros / 1000) / 1000; }

std::string ShortSeconds(std::int64_t micros)
{
    char text[32];
    std::snprintf(text, sizeof text, "%6.1f s  ", static_cast<double>(micros) / 1e6);
    return text;
}

Error Stopped() { return Fail(ErrorCode::kPrecondition, "STOP_REQUESTED", "Told to stop."); }

/// One control command of the stand-in ledger.
Result<json::value> AskLedger(const std::string& url, const std::string& method,
                              json::object params)
{
    const json::object body{{"method", method}, {"params", json::array{std::move(params)}}};
    const auto answer = probe::Fetch({.method = "POST",
                                      .url = url + "/",
                                      .headers = {{"content-type", "application/json"}},
                                      .body = json::serialize(body)},
                                     {}, Deadline::After(kCommandLimit));
    if (!answer) return answer.error();
    return ParseJsonStrict(answer->body);
}

}  // namespace

FirstOrder::FirstOrder(World& world, std::ostream& progress)
    : world_{world},
      progress_{progress},
      folder_{world.layout().folder / "customer"},
      key_file_{folder_ / "key"},
      seed_file_{folder_ / "xrpl-seed"}
{
}

Result<json::object> FirstOrder::Run()
{
    for (const auto step : {&FirstOrder::MakeKeys, &FirstOrder::PlaceOrder,
                            &FirstOrder::OpenChannel, &FirstOrder::Pay, &FirstOrder::Watch,
                            &FirstOrder::ReadOutcome, &FirstOrder::AwaitMargin}) {
        if (StopRequested()) return Stopped();
        if (const auto done = (this->*step)(); !done) return done.error();
    }
    return outcome_;
}

void FirstOrder::Say(const std::string& text) const { progress_ << text << std::endl; }

Result<json::value> FirstOrder::Berth(std::vector<std::string> words) const
{
    return world_.shell().Run(key_file_, std::move(words), Deadline::After(kCommandLimit));
}

Result<void> FirstOrder::MakeKeys()
{
    const auto key = Berth({"keys", "create"});
    if (!key) return key.error();
    customer_ = TextAt(*key, "pubkey");
    const auto xrpl = Berth({"keys", "xrpl", seed_file_});
    if (!xrpl) return xrpl.error();
    xrpl_public_key_ = TextAt(*xrpl, "public_key");
    xrpl_address_ = TextAt(*xrpl, "address");
    Say("customer    " + TextAt(*key, "npub") + "\nxrp payer   " + xrpl_address_);
    return {};
}

Result<void> FirstOrder::PlaceOrder()
{
    const auto placed = Berth({"order", "place", World::PlanName(), "--name", kRelayName});
    if (!placed) return placed.error();
    const auto name = TextAt(*placed, "name");
    order_id_ = name.substr(name.find('/') + 1);
    for (const auto& due : placed->at("due").as_array()) {
        if (TextAt(due, "rail") == "xrp") due_drops_ = TextAt(due, "amount");
    }
    Say("order       " + order_id_ + ", due " + due_drops_ + " drops of XRP");
    return {};
}

Result<void> FirstOrder::OpenChannel()
{
    const auto world = world_.Describe();
    const auto& xrpl = world.at("xrpl");
    const auto opened = AskLedger(TextAt(xrpl, "url"), "sandbox_create_channel",
                                  {{"account", xrpl_address_},
                                   {"destination", TextAt(xrpl, "account")},
                                   {"public_key", xrpl_public_key_},
                                   {"amount", std::to_string(2 * std::stoll(due_drops_))},
                                   {"settle_delay", kSettleDelaySeconds}});
    if (!opened) return opened.error();
    channel_id_ = TextAt(opened->at("result"), "channel_id");
    if (channel_id_.empty()) {
        return Fail(ErrorCode::kPrecondition, "CHANNEL_REFUSED", json::serialize(*opened));
    }
    const auto registered = Berth({"channel", "register", channel_id_, "--seed-file", seed_file_});
    if (!registered) return registered.error();
    Say("channel     " + channel_id_.substr(0, 16) + "..., capacity " +
        TextAt(*registered, "capacity") + " drops");
    return {};
}

Result<void> FirstOrder::Pay()
{
    const auto paid = Berth({"pay", order_id_, channel_id_, "--seed-file", seed_file_});
    if (!paid) return paid.error();
    paid_at_ = last_event_at_ = NowMicros();
    Say("paid        credit of " + TextAt(*paid, "credited") + " drops by a signed claim");
    return {};
}

Result<void> FirstOrder::Watch()
{
    const auto log = folder_ / "watch.log";
    Child watch{{.name = "berth order watch",
                 .argv = world_.shell().Argv(
                     key_file_, {"order", "watch", order_id_, "--until-active", "--json"}),
                 .log = log}};
    if (const auto started = watch.Start(); !started) return started;
    Tail tail{log};
    Result<void> servers;
    const auto followed = watch.WaitUntil(
        [&] {
            servers = CheckServers();
            const bool ended = !watch.Running() || !servers;
            while (const auto line = tail.Next()) Follow(*line);
            return ended;
        },
        Deadline::After(world_.order_limit()));
    if (!followed) return followed;
    if (!servers) return servers;
    if (watch.end() == "exit code 0") return {};
    const auto order = Berth({"order", "get", order_id_});
    return Fail(ErrorCode::kPrecondition, "ORDER_FAILED",
                "The order did not become active: " +
                    (order ? json::serialize(*order) : order.error().message));
}

Result<void> FirstOrder::CheckServers() const
{
    for (auto* server : world_.servers()) {
        auto& child = server->child();
        if (child.Running()) continue;
        return Fail(ErrorCode::kUnavailable, "SERVER_ENDED",
                    child.name() + " ended with " + child.end() + ":\n" + child.LogTail());
    }
    return {};
}

/// Shows an event and books the time of the step that it ends.
void FirstOrder::Follow(const std::string& line)
{
    const auto event = ParseJsonStrict(line);
    if (!event || !event->is_object()) return;
    const auto at = IntegerAt(*event, "time");
    Say(ShortSeconds(std::max<std::int64_t>(at - paid_at_, 0)) + TextAt(*event, "message"));
    const auto* details = event->as_object().if_contains("details");
    const auto step = details ? TextAt(*details, "step") : "";
    if (std::ranges::count(kChainSteps, step) != 0) chain_micros_ += at - last_event_at_;
    if (at > last_event_at_) last_event_at_ = at;
}

Result<void> FirstOrder::ReadOutcome()
{
    const auto order = Berth({"order", "get", order_id_});
    if (!order) return order.error();
    const auto world = world_.Describe();
    outcome_ = {{"order_id", order_id_},
                {"state", TextAt(*order, "state").substr(std::string_view{"ORDER_STATE_"}.size())},
                {"relay_url", TextAt(*order, "relay_url")},
                {"connect_address", world.at("edge").as_array().at(0)},
                {"ca_file", world.at("relay_ca_file")},
                {"customer", customer_},
                {"relay_runs_as", TextAt(world_.RelayRuntime(), "runs_as")},
                {"relay_image_digest", TextAt(world_.RelayRuntime(), "digest")},
                {"seconds_to_active", Seconds(IntegerAt(*order, "active_at") - paid_at_)},
                {"seconds_of_blocks_and_bids", Seconds(chain_micros_)},
                {"acceptance", order->at("acceptance")}};
    return {};
}

/// Prices run in real time, so that the first micro-dollars take some seconds.
Result<void> FirstOrder::AwaitMargin()
{
    const auto limit = Deadline::After(kMarginLimit);
    while (!limit.Passed()) {
        const auto margin =
            world_.shell().Run(world_.layout().KeyFile("finance"), {"margin", customer_}, limit);
        if (!margin) return margin.error();
        if (IntegerAt(*margin, "revenue_usd_micros") > 0 &&
            IntegerAt(*margin, "lease_cost_usd_micros") > 0) {
            for (const auto* key : {"revenue_usd_micros", "lease_cost_usd_micros",
                                    "other_cost_usd_micros", "margin_usd_micros"}) {
                outcome_[key] = IntegerAt(*margin, key);
            }
            return {};
        }
        if (const auto servers = CheckServers(); !servers) return servers;
        if (StopRequested()) return Stopped();
        std::this_thread::sleep_for(kPollEvery);
    }
    return Fail(ErrorCode::kTimeout, "NO_MARGIN_YET",
                "No revenue or no lease cost came into the books in time.");
}

}  // namespace berth::stack
