#pragma once

#include <cstddef>
#include <vector>

#include "relay-image/storage/lmdb_entry.hpp"
#include "relay-image/storage/lmdb_record.hpp"

namespace berth::relay {

/// The first `most` of several runs of records, each in order; an event that comes in several runs
/// counts once. The lower ids of a second come first in either order.
class LmdbBest {
public:
    enum class Order { kNewestFirst, kOldestFirst };

    LmdbBest(Order order, std::size_t most) : order_{order}, most_{most} {}

    /// True if neither the event of `entry` nor what follows it in its run can be among the first.
    bool IsBeyond(const LmdbEntry& entry) const;
    /// Adds to the present run.
    void Add(const LmdbRecord& record);
    void EndRun();
    std::vector<LmdbRecord> Take();

private:
    /// Where the last of the first stands, as far as an entry tells.
    struct Place {
        std::int64_t created_at = 0;
        std::uint32_t id_head = 0;
    };

    bool ComesBefore(const LmdbRecord& a, const LmdbRecord& b) const;
    void LimitTo(const LmdbRecord& record);

    Order order_;
    std::size_t most_;
    std::vector<LmdbRecord> records_;  ///< In order, up to the present run.
    std::size_t run_ = 0;              ///< Where the present run begins.
    bool full_ = false;
    Place last_;
};

}  // namespace berth::relay
