#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>

#include <boost/json/object.hpp>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The relay's figures at one moment.
struct Sample {
    std::int64_t at = 0;  ///< Unix seconds.
    double events_per_second = 0;
    std::size_t connections = 0;
    std::size_t subscriptions = 0;
    double latency_p50_ms = 0;  ///< From the start of an event's checks to its OK.
    double latency_p99_ms = 0;
    std::optional<StoreFigures> store;  ///< Nothing while the database does not answer.
    double revenue = 0;                 ///< Ever received, in the ShownUnit of the asset.
    double cpu_percent = 0;             ///< Of one core.
    std::int64_t memory_bytes = 0;      ///< Resident.
    std::int64_t disk_free_bytes = 0;   ///< Where the relay keeps its files.
};

/// One line of a chart.
struct Series {
    std::string_view name;  ///< In JSON and of elements.
    std::string_view label;
    std::string_view unit;   ///< Empty: the asset's ShownUnit.
    std::string_view chart;  ///< Series of the same chart are drawn together.
    double (*value)(const Sample& sample);
    bool is_count = false;  ///< Whole numbers.
};

/// What is drawn, in this order.
std::span<const Series> ChartSeries();

/// The samples of the last three hours. Used on the I/O thread only.
class History {
public:
    static constexpr std::size_t kMaxSamples = 2160;

    /// `sample` is newer than all before; the oldest goes when there are too many.
    void Add(Sample sample);
    const std::deque<Sample>& samples() const { return samples_; }
    /// `{"time": [...], "<series>": [...]}` of the samples after `since` (Unix seconds).
    boost::json::object After(std::int64_t since) const;

private:
    std::deque<Sample> samples_;
};

}  // namespace berth::relay
