#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace berth::relay {

/// A token bucket for each of a bounded number of names: `per_minute` at once, then one more every
/// minute/per_minute. When the table is full the name that was quiet longest is forgotten, so a
/// flood of names costs no memory. Not thread-safe.
class RateLimiter {
public:
    using Steady = std::chrono::steady_clock;

    explicit RateLimiter(std::size_t max_names) : max_names_{max_names} {}

    /// Takes a token of `name`; false if there is none. 0 per minute is no limit.
    bool Take(std::string_view name, std::int64_t per_minute, Steady::time_point now);

    std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        std::string name;
        Steady::time_point full_at{};  ///< When all tokens are there again.
    };
    using Buckets = std::list<Bucket>;

    Buckets::iterator Find(std::string_view name);

    const std::size_t max_names_;
    Buckets buckets_;  ///< The one used last stands first.
    std::unordered_map<std::string_view, Buckets::iterator> by_name_;
};

}  // namespace berth::relay
