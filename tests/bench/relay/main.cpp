#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/bench/connection.hpp"
#include "relay-image/bench/scenarios.hpp"
#include "tests/bench/relay/machine.hpp"
#include "tests/bench/relay/nostr_bench.hpp"
#include "tests/bench/relay/options.hpp"

namespace berth::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t kQuestions = 4000;
constexpr std::size_t kWarm = 200;  ///< Questions before those that are measured.
constexpr std::size_t kIdle = 1000;
constexpr std::size_t kAtOnce = 200;
constexpr std::size_t kPublishedOnOne = 10;  ///< One in so many events.
constexpr std::size_t kPublishedOnEight = 3;

struct Options : RelayOptions {
    std::size_t events = 100'000;
    std::string nostr_bench;  ///< Path of the program; not run if empty.
    std::string cache;
};

/// Puts every kind of load on one relay.
class Measurement {
public:
    Measurement(Subject& subject, const Load& load, const Options& options)
        : subject_{subject}, load_{load}, options_{options}
    {
    }

    Figures Run()
    {
        MeasureIdle();
        MeasurePublishing();
        figures_.Set("disk_bytes_per_event", static_cast<double>(subject_.StoreBytes()) /
                                                 static_cast<double>(load_.stored.size()));
        figures_.Set("memory_loaded_mb", static_cast<double>(subject_.PrivateBytes()) / 1e6);
        MeasureAsking();
        MeasureLive();
        for (const std::string subcommand : {"event", "req"}) MeasureByNostrBench(subcommand);
        figures_.Set("restart_seconds", subject_.RestartSeconds());
        return figures_;
    }

private:
    Target target() const { return Target::Loopback(subject_.port()); }

    /// A relay may lose a REQ; its other figures stand.
    template <typename Work>
    static std::optional<Rate> Try(const std::string& name, Work work)
    {
        try {
            return work();
        } catch (const std::runtime_error& fault) {
            std::cerr << name << ": " << fault.what() << "\n";
            return std::nullopt;
        }
    }

    /// Adds what the processors of the relay did meanwhile.
    template <typename Work>
    void Measure(const std::string& name, Work work)
    {
        const auto before = subject_.CpuSeconds();
        const auto worked = Try(name, work);
        if (!worked) return;
        auto rate = *worked;
        rate.cpu_micros = (subject_.CpuSeconds() - before) * 1e6 / static_cast<double>(rate.done);
        figures_.Set(name, rate);
        std::cerr << name << ": " << rate.per_second << "/s, p50 " << rate.p50_millis << " ms, p99 "
                  << rate.p99_millis << " ms, " << rate.cpu_micros << " us\n";
    }

    void MeasureIdle()
    {
        const auto fresh = subject_.PrivateBytes();
        figures_.Set("memory_fresh_mb", static_cast<double>(fresh) / 1e6);
        std::vector<Connection> idle;
        for (std::size_t i = 0; i < kIdle; ++i) idle.emplace_back(target());
        figures_.Set("bytes_per_idle_connection",
                     static_cast<double>(subject_.PrivateBytes() - fresh) / kIdle);
    }

    void MeasurePublishing()
    {
        const std::span<const SignedEvent> all{load_.stored};
        const auto one = all.size() / kPublishedOnOne;
        const auto eight = all.size() / kPublishedOnEight;
        const auto target = this->target();
        Measure("publish_1", [&] { return Publish(target, all.first(one), 1); });
        Measure("publish_8", [&] { return Publish(target, all.subspan(one, eight), 8); });
        Measure("publish_32", [&] { return Publish(target, all.subspan(one + eight), 32); });
    }

    void MeasureAsking()
    {
        for (const auto& shape : Shapes(load_, kQuestions)) {
            const std::vector<std::string> some(shape.filters.begin(),
                                                shape.filters.begin() + kWarm);
            if (!Try("warming " + shape.name, [&] { return Ask(target(), some); })) continue;
            Measure("req_" + shape.name, [&] { return Ask(target(), shape.filters); });
        }
        const auto ordinary = Shapes(load_, kWarm).front().filters;
        const auto asked =
            Try("req_without_quick_ack", [&] { return Ask(target(), ordinary, false); });
        if (asked) figures_.Set("req_without_quick_ack_p50_millis", asked->p50_millis);
    }

    void MeasureLive()
    {
        const std::span<const SignedEvent> live{load_.live};
        const auto target = this->target();
        Measure("fan_out_200", [&] { return FanOut(target, live.first(kAtOnce), 200); });
        Measure("fan_out_1000",
                [&] { return FanOut(target, live.subspan(kAtOnce, kAtOnce), 1000); });
        Measure("live_200", [&] { return Deliver(target, live.subspan(2 * kAtOnce, 100), 200); });
    }

    void MeasureByNostrBench(const std::string& subcommand)
    {
        if (options_.nostr_bench.empty()) return;
        const auto result = RunNostrBench(options_.nostr_bench, subcommand, subject_.port());
        figures_.Set("nostr_bench_" + subcommand + "_per_second", result.per_second);
        figures_.Set("nostr_bench_" + subcommand + "_mean_millis", result.mean_millis);
        std::cerr << "nostr-bench " << subcommand << ": " << result.per_second << "/s, mean "
                  << result.mean_millis << " ms\n";
    }

    Subject& subject_;
    const Load& load_;
    const Options& options_;
    Figures figures_;
};

Options Read(const std::vector<std::string>& arguments)
{
    Options options;
    ReadOptions(arguments, options, [&](const auto& name, const auto& value) {
        if (name == "--events") {
            options.events = std::stoul(value);
        } else if (name == "--nostr-bench") {
            options.nostr_bench = value;
        } else if (name == "--cache") {
            options.cache = value;
        } else {
            return false;
        }
        return true;
    });
    return options;
}

json::object ToJson(const Figures& figures)
{
    json::object object;
    for (const auto& [name, value] : figures.values()) object[name] = value;
    return object;
}

json::object Ratios(const Figures& ours, const Figures& theirs)
{
    json::object object;
    for (const auto& [name, value] : ours.values()) {
        const auto found = theirs.values().find(name);
        if (found != theirs.values().end() && found->second > 0) {
            object[name] = value / found->second;
        }
    }
    return object;
}

void Print(const json::object& report)
{
    for (const auto& [name, value] : report.at("machine").as_object()) {
        std::cout << "machine_" << std::string{name} << " " << value << "\n";
    }
    for (const auto& [name, value] : report.at("figures").as_object()) {
        std::cout << std::string{name} << " " << value;
        for (const auto& [other, measured] : report.at("yardsticks").as_object()) {
            if (const auto* theirs = measured.at("figures").as_object().if_contains(name)) {
                std::cout << "   " << std::string{other} << " " << *theirs;
            }
        }
        std::cout << "\n";
    }
}

int Main(const std::vector<std::string>& arguments)
{
    const auto options = Read(arguments);
    const auto load = PrepareLoad(options.events, options.cache);
    json::object report{{"benchmark", "relay"},
                        {"storage", options.storage == Storage::kLmdb ? "lmdb" : "postgres"},
                        {"events", options.events}};
    const auto machine = MeasureMachine();
    report["machine"] = {{"verify_micros", machine.verify_micros},
                         {"fdatasync_millis", machine.fdatasync_millis}};
    const auto ours = Measurement{*StartBerth(options.storage), load, options}.Run();
    report["figures"] = ToJson(ours);
    auto& yardsticks = report["yardsticks"].emplace_object();
    for (const auto& yardstick : options.yardsticks) {
        std::cerr << yardstick.name << "\n";
        const auto theirs = Measurement{*StartYardstick(yardstick), load, options}.Run();
        yardsticks[yardstick.name] = {{"figures", ToJson(theirs)}, {"ratio", Ratios(ours, theirs)}};
    }
    if (options.json) {
        std::cout << json::serialize(report) << "\n";
    } else {
        Print(report);
    }
    return 0;
}

}  // namespace
}  // namespace berth::bench

int main(int argc, char** argv)
{
    try {
        return berth::bench::Main({argv + 1, argv + argc});
    } catch (const std::exception& fault) {
        std::cerr << "bench: " << fault.what() << "\n";
        return 1;
    }
}
