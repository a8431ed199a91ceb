#include "relay-image/http/history.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace berth::relay {
namespace {

constexpr double kMegabyte = 1e6;

double Megabytes(std::int64_t bytes) { return static_cast<double>(bytes) / kMegabyte; }

constexpr Series kSeries[] = {
    {"events_per_second", "Events", "per second", "events",
     [](const Sample& sample) { return sample.events_per_second; }},
    {"connections", "Connections", "open", "clients",
     [](const Sample& sample) { return static_cast<double>(sample.connections); }, true},
    {"subscriptions", "Subscriptions", "open", "clients",
     [](const Sample& sample) { return static_cast<double>(sample.subscriptions); }, true},
    {"latency_p50", "Median", "ms", "latency",
     [](const Sample& sample) { return sample.latency_p50_ms; }},
    {"latency_p99", "99 of 100", "ms", "latency",
     [](const Sample& sample) { return sample.latency_p99_ms; }},
    {"database_size", "Database", "MB", "database",
     [](const Sample& sample) {
         return sample.store ? Megabytes(sample.store->database_bytes) : 0.0;
     }},
    {"revenue", "Revenue", "", "revenue", [](const Sample& sample) { return sample.revenue; }},
    {"cpu", "CPU", "% of a core", "machine",
     [](const Sample& sample) { return sample.cpu_percent; }},
    {"memory", "Memory", "MB", "memory",
     [](const Sample& sample) { return Megabytes(sample.memory_bytes); }},
    {"disk_free", "Disk free", "GB", "disk",
     [](const Sample& sample) { return Megabytes(sample.disk_free_bytes) / 1000; }},
};

}  // namespace

std::span<const Series> ChartSeries() { return kSeries; }

void History::Add(Sample sample)
{
    samples_.push_back(std::move(sample));
    if (samples_.size() > kMaxSamples) samples_.pop_front();
}

boost::json::object History::After(std::int64_t since) const
{
    const auto first = std::ranges::upper_bound(samples_, since, {}, &Sample::at);
    boost::json::object all;
    auto& times = all["time"].emplace_array();
    for (auto sample = first; sample != samples_.end(); ++sample) times.emplace_back(sample->at);
    for (const auto& series : kSeries) {
        auto& values = all[series.name].emplace_array();
        for (auto sample = first; sample != samples_.end(); ++sample) {
            values.emplace_back(series.value(*sample));
        }
    }
    return all;
}

}  // namespace berth::relay
