#include "relay-image/transport/rate_limiter.hpp"

#include <algorithm>

namespace berth::relay {

using namespace std::chrono_literals;

RateLimiter::Buckets::iterator RateLimiter::Find(std::string_view name)
{
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, found->second);
        return found->second;
    }
    if (buckets_.size() >= max_names_) {
        by_name_.erase(buckets_.back().name);
        buckets_.pop_back();
    }
    buckets_.push_front({.name = std::string{name}});
    by_name_.emplace(buckets_.front().name, buckets_.begin());
    return buckets_.begin();
}

bool RateLimiter::Take(std::string_view name, std::int64_t per_minute, Steady::time_point now)
{
    if (per_minute <= 0) return true;
    const auto bucket = Find(name);
    const auto token = Steady::duration{1min} / per_minute;
    const auto full_at = std::max(bucket->full_at, now) + token;
    if (full_at - now > token * per_minute) return false;
    bucket->full_at = full_at;
    return true;
}

}  // namespace berth::relay
