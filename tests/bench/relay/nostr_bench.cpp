#include "tests/bench/relay/nostr_bench.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "core/base/command_runner.hpp"

namespace berth::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr int kClients = 32;
constexpr auto kSeconds = "10";
constexpr auto kLimit = 60s;

double Median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

NostrBenchResult RunNostrBench(const std::filesystem::path& program, const std::string& subcommand,
                               unsigned short port)
{
    ProcessRunner runner{1};
    const auto clients = std::to_string(kClients);
    const auto address = "ws://127.0.0.1:" + std::to_string(port) + "/";
    Command command;
    command.argv = {program, subcommand, "-c",     clients,  "-r",
                    clients, "-k",       kSeconds, "--json", address};
    const auto ran = runner.Run(command, Deadline::After(kLimit));
    if (!ran) throw std::runtime_error{"nostr-bench: " + ran.error().message};
    std::istringstream lines{ran->out};
    std::vector<double> rates;
    json::value last;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('{')) continue;  // It tells its settings first.
        last = json::parse(line);
        const auto rate = json::value_to<double>(last.at("tps"));
        if (rate > 0) rates.push_back(rate);
    }
    if (rates.empty()) throw std::runtime_error{"nostr-bench said: " + ran->out + ran->err};
    const auto& stats = last.at("message_stats");
    // It takes a challenge that a relay greets its client with (NIP-42) for an error.
    if (json::value_to<int>(stats.at("error")) > kClients) {
        throw std::runtime_error{"the relay refused what nostr-bench sent"};
    }
    const auto& times = stats.at("success_time");
    return {.per_second = Median(rates),
            .mean_millis = json::value_to<double>(times.at("total")) /
                           std::max(1.0, json::value_to<double>(times.at("count")))};
}

}  // namespace berth::bench
