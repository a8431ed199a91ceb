#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/lmdb_index.hpp"
#include "relay-image/storage/lmdb_matcher.hpp"

namespace berth::relay {

/// One filter, answered from one transaction. It walks the index whose keys have the fewest
/// entries, stops as soon as nothing better can come, and looks at the record of what it returns
/// only. The filter outlives the object; records point into the map. Throws LmdbFailure.
class LmdbSearch {
public:
    /// What has expired at `now` is left out.
    LmdbSearch(MDB_txn* transaction, const LmdbTables& tables, const Filter& filter,
               std::int64_t now);

    /// Looks at no more than `entries`; afterwards `gave_up` tells whether that was too few.
    void LimitWork(std::int64_t entries) { work_left_ = entries; }
    bool gave_up() const { return work_left_ < 0; }

    /// The newest `most`, the lower ids of a second first.
    std::vector<LmdbRecord> Newest(std::size_t most);
    /// The first `most` behind `after`, oldest first, the lower ids of a second first.
    std::vector<LmdbRecord> Oldest(const EventKey& after, std::size_t most);
    /// How many fit, counting no further than `most`.
    std::int64_t Count(std::int64_t most);

private:
    /// Keys whose entries hold all that fits.
    struct Path {
        std::vector<std::string> keys;
        std::size_t settled_tag;
    };
    /// Takes an entry; false ends the walk.
    using Visit = std::function<bool(const LmdbEntry&)>;

    Path ChoosePath();
    std::vector<Path> Paths() const;
    std::size_t CountEntries(const Path& path, std::size_t enough);
    std::vector<LmdbRecord> ByIds();
    void WalkNewest(const std::string& key, const Visit& visit);
    void WalkOldest(const std::string& key, const EventKey& after, const Visit& visit);
    bool Works() { return --work_left_ >= 0; }

    MDB_txn* transaction_;
    const LmdbTables& tables_;
    const Filter& filter_;
    LmdbMatcher matcher_;
    LmdbIndexCursor cursor_;
    std::int64_t work_left_;
};

}  // namespace berth::relay
