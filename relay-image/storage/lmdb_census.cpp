#include "relay-image/storage/lmdb_census.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "relay-image/storage/lmdb_record.hpp"

namespace berth::relay {
namespace {

constexpr std::uint64_t kRun = 64;  ///< Neighbours, which share their pages.

/// Walks the records in the order of their numbers and adds up what it is told to.
class Counter {
public:
    Counter(MDB_txn* transaction, const LmdbTables& tables)
    {
        MDB_cursor* opened = nullptr;
        MustSucceed(mdb_cursor_open(transaction, tables.events, &opened));
        cursor_.reset(opened);
    }

    bool First() { return Move(MDB_FIRST); }
    bool Last() { return Move(MDB_LAST); }
    bool Next() { return Move(MDB_NEXT); }
    bool SeekFrom(std::uint64_t number)
    {
        key_ = {.mv_size = sizeof number, .mv_data = &number};
        return Move(MDB_SET_RANGE);
    }
    std::uint64_t number() const
    {
        std::uint64_t number = 0;
        std::memcpy(&number, key_.mv_data, sizeof number);
        return number;
    }
    void Count()
    {
        const LmdbRecord record{ToBytes(record_)};
        auto& kind = kinds_[record.kind()];
        ++kind.events;
        kind.bytes += static_cast<std::int64_t>(record_.mv_size);
        ++counted_;
    }
    std::uint64_t counted() const { return counted_; }
    KindCensus Census() const
    {
        KindCensus census;
        for (const auto& [kind, figures] : kinds_) {
            census.kinds.push_back({kind, figures.events, figures.bytes});
        }
        return census;
    }

private:
    bool Move(MDB_cursor_op operation)
    {
        return WasFound(mdb_cursor_get(cursor_.get(), &key_, &record_, operation));
    }

    struct Closer {
        void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
    };
    std::unique_ptr<MDB_cursor, Closer> cursor_;
    MDB_val key_{}, record_{};
    std::map<int, KindFigures> kinds_;
    std::uint64_t counted_ = 0;
};

void CountRuns(Counter& counter, std::uint64_t runs)
{
    if (!counter.Last()) return;
    const auto last = counter.number();
    if (!counter.First()) return;
    const auto first = counter.number();
    const auto step = std::max((last - first + 1) / std::max<std::uint64_t>(runs, 1), kRun);
    for (auto from = first; from <= last; from += step) {
        bool found = counter.SeekFrom(from);
        for (std::uint64_t i = 0; i < kRun && found && counter.number() < from + step; ++i) {
            counter.Count();
            found = counter.Next();
        }
    }
}

}  // namespace

KindCensus CountLmdbKinds(MDB_txn* transaction, const LmdbTables& tables, std::size_t most)
{
    MDB_stat events{};
    MustSucceed(mdb_stat(transaction, tables.events, &events));
    Counter counter{transaction, tables};
    if (events.ms_entries <= most) {
        for (bool found = counter.First(); found; found = counter.Next()) counter.Count();
        return counter.Census();
    }
    CountRuns(counter, most / kRun);
    if (counter.counted() == 0) return {};
    return Extrapolated(counter.Census(), static_cast<double>(events.ms_entries) /
                                              static_cast<double>(counter.counted()));
}

}  // namespace berth::relay
