#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace berth::relay {

/// The ids of events that were delivered lately, so that none is delivered twice. Remembers the
/// last `most` at least, twice as many at most. Thread-safe.
class DeliveredIds {
public:
    explicit DeliveredIds(std::size_t most) : most_{most} {}

    /// True for the first who asks for `id` (hex): he delivers it.
    bool Take(std::string_view id);
    /// Whether `id` (hex) was taken.
    bool Holds(std::string_view id) const;

private:
    bool HoldsLocked(const std::string& bytes) const;

    const std::size_t most_;
    mutable std::mutex mutex_;  ///< Guards the two below.
    std::unordered_set<std::string> recent_;
    std::unordered_set<std::string> older_;
};

}  // namespace berth::relay
