#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>

namespace berth::relay {

/// How many of something fell below which bound: a histogram as Prometheus reads it.
class Histogram {
public:
    using Duration = std::chrono::steady_clock::duration;

    /// Upper bounds of the buckets, in milliseconds.
    static constexpr std::array<int, 12> kBoundsMs{1,   2,   5,   10,   25,   50,
                                                   100, 250, 500, 1000, 2500, 10000};

    void Add(Duration duration);
    /// Of the bucket at `place` alone; the one past the last bound is of all that took longer.
    std::uint64_t CountAt(std::size_t place) const { return counts_[place]; }
    std::uint64_t count() const { return count_; }
    double seconds() const { return seconds_; }  ///< All together.

private:
    std::array<std::uint64_t, kBoundsMs.size() + 1> counts_{};
    std::uint64_t count_ = 0;
    double seconds_ = 0;
};

/// What went in and out since the start, by verb and kind. Used on the I/O thread only.
class Traffic {
public:
    /// Verbs that are counted by name; all others together as `OTHER`, the last.
    static constexpr std::array<std::string_view, 14> kVerbs{
        "EVENT",     "REQ",     "CLOSE", "AUTH", "COUNT",  "NEG-OPEN", "NEG-MSG",
        "NEG-CLOSE", "NEG-ERR", "OK",    "EOSE", "CLOSED", "NOTICE",   "OTHER"};
    /// Kinds that are counted one by one; further ones together under kOtherKind.
    static constexpr std::size_t kMaxKinds = 200;
    static constexpr int kOtherKind = -1;

    /// A message of a client, or one to a client, by its text or its beginning.
    void CountFromClient(std::string_view message);
    void CountToClient(std::string_view message);
    /// An event was taken.
    void CountEvent(int kind);

    std::span<const std::uint64_t> from_clients() const { return from_clients_; }
    std::span<const std::uint64_t> to_clients() const { return to_clients_; }
    const std::map<int, std::uint64_t>& kinds() const { return kinds_; }

    Histogram publishing;  ///< From an event's arrival to its OK.
    Histogram querying;    ///< From a REQ's turn to its EOSE.

private:
    using ByVerb = std::array<std::uint64_t, kVerbs.size()>;

    ByVerb from_clients_{};
    ByVerb to_clients_{};
    std::map<int, std::uint64_t> kinds_;
};

}  // namespace berth::relay
