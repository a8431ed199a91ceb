#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// A batch in parts that are written one after the other: each id once, and what a deletion of the
/// batch may take away in a part after it, so that the answers are as if each event came alone.
class WriteBatch {
public:
    /// `events` must outlive it.
    explicit WriteBatch(std::span<const EventPtr> events);

    const std::vector<std::vector<EventPtr>>& parts() const { return parts_; }
    /// The verdicts in the order of `events`, from those of all parts in their order.
    std::vector<Verdict> Merge(const std::vector<Verdict>& of_parts) const;

private:
    std::vector<std::vector<EventPtr>> parts_;
    std::vector<std::size_t> place_;  ///< Of each event, or of the one it repeats, in the parts.
    std::vector<bool> repeats_;
};

}  // namespace berth::relay
