#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/bench/connection.hpp"
#include "tests/bench/relay/options.hpp"
#include "tests/bench/soak/hour.hpp"
#include "tests/bench/soak/level.hpp"

namespace berth::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t kLeastHours = 24;  ///< Before that, caches still fill.
constexpr double kLevel = 1.05;          ///< What grows by less stays where it is.
constexpr auto kQuiet = 500ms;           ///< Until those who left are forgotten.
constexpr const char* kHot = "8";        ///< Megabytes: full after the first hours.

struct Options : RelayOptions {
    std::size_t hours = 24;
};

/// A day of one relay.
struct Day {
    HourWork work;
    double seconds = 0;
    std::vector<std::int64_t> memory;
    std::vector<std::int64_t> descriptors;
    std::int64_t store_bytes = 0;

    bool level() const
    {
        return LevelOf(memory).growth() < kLevel && LevelOf(descriptors).growth() < kLevel;
    }
};

Day PassDay(Subject& subject, std::size_t hours)
{
    Day day;
    const auto start = Steady::now();
    for (std::size_t hour = 1; hour <= hours; ++hour) {
        day.work += PassHour(subject.port());
        std::this_thread::sleep_for(kQuiet);
        day.memory.push_back(subject.PrivateBytes());
        day.descriptors.push_back(subject.Descriptors());
        std::cerr << "hour " << hour << ": " << static_cast<double>(day.memory.back()) / 1e6
                  << " MB, " << day.descriptors.back() << " descriptors\n";
    }
    day.seconds = std::chrono::duration<double>{Steady::now() - start}.count();
    day.store_bytes = subject.StoreBytes();
    return day;
}

json::object ToJson(const Day& day)
{
    const auto memory = LevelOf(day.memory);
    const auto descriptors = LevelOf(day.descriptors);
    return {{"seconds", day.seconds},
            {"events", day.work.events},
            {"requests", day.work.requests},
            {"deliveries", day.work.deliveries},
            {"connections", day.work.connections},
            {"refused", day.work.refused},
            {"memory_early_mb", static_cast<double>(memory.early) / 1e6},
            {"memory_late_mb", static_cast<double>(memory.late) / 1e6},
            {"memory_growth", memory.growth()},
            {"descriptors_early", descriptors.early},
            {"descriptors_late", descriptors.late},
            {"store_mb", static_cast<double>(day.store_bytes) / 1e6}};
}

Options Read(const std::vector<std::string>& arguments)
{
    Options options;
    ReadOptions(arguments, options, [&](const auto& name, const auto& value) {
        if (name != "--hours") return false;
        options.hours = std::stoul(value);
        return true;
    });
    if (options.hours < kLeastHours) throw std::runtime_error{"a soak takes 24 hours at least"};
    return options;
}

void Print(const json::object& report)
{
    for (const auto& [name, value] : report.at("figures").as_object()) {
        std::cout << std::string{name} << " " << value;
        for (const auto& [other, figures] : report.at("yardsticks").as_object()) {
            std::cout << "   " << std::string{other} << " " << figures.as_object().at(name);
        }
        std::cout << "\n";
    }
    std::cout << (report.at("level").as_bool() ? "memory stays level\n" : "memory grows\n");
}

int Main(const std::vector<std::string>& arguments)
{
    const auto options = Read(arguments);
    const auto ours =
        PassDay(*StartBerth(options.storage, {{"HOT_MEGABYTES", kHot}}), options.hours);
    json::object report{{"benchmark", "soak"},
                        {"storage", options.storage == Storage::kLmdb ? "lmdb" : "postgres"},
                        {"hours", options.hours},
                        {"level", ours.level()},
                        {"figures", ToJson(ours)}};
    auto& yardsticks = report["yardsticks"].emplace_object();
    for (const auto& yardstick : options.yardsticks) {
        std::cerr << yardstick.name << "\n";
        try {
            yardsticks[yardstick.name] = ToJson(PassDay(*StartYardstick(yardstick), options.hours));
        } catch (const std::runtime_error& fault) {
            std::cerr << yardstick.name << ": " << fault.what() << "\n";
        }
    }
    if (options.json) {
        std::cout << json::serialize(report) << "\n";
    } else {
        Print(report);
    }
    return ours.level() ? 0 : 1;
}

}  // namespace
}  // namespace berth::bench

int main(int argc, char** argv)
{
    try {
        return berth::bench::Main({argv + 1, argv + argc});
    } catch (const std::exception& fault) {
        std::cerr << "soak: " << fault.what() << "\n";
        return 2;
    }
}
