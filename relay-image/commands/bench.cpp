#include <iomanip>
#include <ostream>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/probe/http_client.hpp"
#include "relay-image/bench/scenarios.hpp"
#include "relay-image/commands/command.hpp"

namespace berth::relay {
namespace {

using config::Type;
using namespace std::chrono_literals;

constexpr config::Setting kBenchOptions[] = {
    {"events", Type::kInteger, "20000", "events that are published", 1000, 1'000'000},
    {"questions", Type::kInteger, "2000", "REQs of each shape", 100, 1'000'000},
    {"subscribers", Type::kInteger, "200", "connections that live events go to", 1, 20'000},
    {"json", Type::kBool, "false", "the figures as one line of JSON"},
    {"yes_i_own_it", Type::kBool, "false", "load a relay that is not on this machine"},
};

constexpr auto kUsual = "ws://127.0.0.1:8080";
constexpr auto kExpiresIn = 1h;
constexpr std::size_t kAtOnce = 200;   ///< Live events of the fan-out.
constexpr std::size_t kOneByOne = 60;  ///< Live events whose delivery is timed.

struct Order {
    bench::Target target;
    std::size_t events, questions, subscribers;
};

Error Wrong(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_COMMAND", std::move(message));
}

Result<bench::Target> FindTarget(const std::string& url)
{
    const auto parts = probe::ParseUrl(url);
    if (!parts) return parts.error();
    boost::asio::io_context io;
    boost::system::error_code code;
    const auto found = boost::asio::ip::tcp::resolver{io}.resolve(parts->host, "", code);
    if (code || found.empty()) {
        return Fail(ErrorCode::kUnavailable, "HOST_NOT_FOUND", parts->host + " was not found.");
    }
    return bench::Target{
        .endpoint = {.host = parts->host,
                     .port = parts->port,
                     .tls = parts->tls,
                     .connect_address = found.begin()->endpoint().address().to_string(),
                     .ca_file = {}},
        .path = parts->target};
}

Result<Order> ReadOrder(const Invocation& invocation)
{
    const auto& config = invocation.config;
    auto target = FindTarget(invocation.words.empty() ? kUsual : invocation.words[0]);
    if (!target) return target.error();
    const auto address = boost::asio::ip::make_address(target->endpoint.connect_address);
    if (!address.is_loopback() && !config.Bool("yes_i_own_it")) {
        return Wrong(target->endpoint.host +
                     " is not on this machine. A relay that is not yours "
                     "would take this for an attack; --yes-i-own-it says that it is.");
    }
    const auto count = [&](const char* name) {
        return static_cast<std::size_t>(config.Integer(name));
    };
    return Order{std::move(*target), count("events"), count("questions"), count("subscribers")};
}

/// Every kind of load, one after the other.
class Run {
public:
    Run(const Order& order, std::ostream& progress) : order_{order}, progress_{progress} {}

    bench::Figures Measure(const bench::Load& load)
    {
        const auto& target = order_.target;
        const std::span<const bench::SignedEvent> stored{load.stored};
        const auto one = stored.size() / 10, eight = stored.size() / 3;
        Tell("publish_1", bench::Publish(target, stored.first(one), 1));
        Tell("publish_8", bench::Publish(target, stored.subspan(one, eight), 8));
        Tell("publish_32", bench::Publish(target, stored.subspan(one + eight), 32));
        for (const auto& shape : bench::Shapes(load, order_.questions)) {
            Tell("req_" + shape.name, bench::Ask(target, shape.filters));
        }
        const std::span<const bench::SignedEvent> live{load.live};
        Tell("fan_out", bench::FanOut(target, live.first(kAtOnce), order_.subscribers));
        Tell("live", bench::Deliver(target, live.subspan(kAtOnce, kOneByOne), order_.subscribers));
        return figures_;
    }

private:
    void Tell(const std::string& name, const bench::Rate& rate)
    {
        figures_.Set(name, rate);
        progress_ << std::fixed << std::setprecision(1) << std::left << std::setw(34) << name
                  << std::right << std::setw(11) << rate.per_second << " /s   p50 " << std::setw(8)
                  << rate.p50_millis << " ms   p99 " << std::setw(8) << rate.p99_millis << " ms\n";
    }

    const Order& order_;
    std::ostream& progress_;
    bench::Figures figures_;
};

std::string ToJson(const Order& order, const bench::Figures& figures)
{
    boost::json::object values;
    for (const auto& [name, value] : figures.values()) values[name] = value;
    return boost::json::serialize(boost::json::object{{"host", order.target.endpoint.host},
                                                      {"port", order.target.endpoint.port},
                                                      {"events", order.events},
                                                      {"subscribers", order.subscribers},
                                                      {"figures", std::move(values)}});
}

Exit Bench(const Invocation& invocation)
{
    const auto order = ReadOrder(invocation);
    if (!order) return Explain(invocation, order.error());
    const bool json = invocation.config.Bool("json");
    const auto expires_at = ToUnixSeconds(invocation.clock.Now() + kExpiresIn);
    invocation.err << "signing " << order->events << " events\n";
    try {
        const auto load = bench::SignLoad(order->events, expires_at);
        const auto figures = Run{*order, json ? invocation.err : invocation.out}.Measure(load);
        if (json) invocation.out << ToJson(*order, figures) << '\n';
        return Exit::kDone;
    } catch (const std::runtime_error& broken) {
        return Explain(invocation,
                       Fail(ErrorCode::kUnavailable, "BENCH_FAILED",
                            "The relay does not take it: " + std::string{broken.what()} + "."));
    }
}

}  // namespace

Subcommand BenchCommand()
{
    return {.name = "bench",
            .arguments = "[ws://RELAY]",
            .help = "Loads a relay, on this machine unless it is yours, and says how fast it is.",
            .options = kBenchOptions,
            .most_words = 1,
            .run = Bench};
}

}  // namespace berth::relay
