#include "relay-image/storage/lmdb_search.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "core/base/encoding.hpp"
#include "relay-image/storage/lmdb_best.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kNoTag = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxPairs = 4096;  ///< Beyond, authors are walked without their kinds.
constexpr auto kUnlimited = std::numeric_limits<std::int64_t>::max();

LmdbEntry EntryOf(const LmdbRecord& record)
{
    return LmdbEntry{{.created_at = record.created_at(),
                      .id = record.id(),
                      .kind = record.kind(),
                      .number = 0,
                      .expires = false}};
}

void SortUnique(std::vector<std::string>& keys)
{
    std::ranges::sort(keys);
    const auto repeats = std::ranges::unique(keys);
    keys.erase(repeats.begin(), repeats.end());
}

std::vector<std::string> AuthorKeys(const Filter& filter)
{
    std::vector<std::string> keys;
    const bool pairs = filter.kinds && filter.authors->size() * filter.kinds->size() <= kMaxPairs;
    for (const auto& author : *filter.authors) {
        const auto pubkey = FromHex(author).value_or("");
        if (!pairs) keys.push_back(index_key::Author(pubkey));
        if (!pairs) continue;
        for (const auto kind : *filter.kinds) {
            keys.push_back(index_key::AuthorAndKind(pubkey, kind));
        }
    }
    SortUnique(keys);
    return keys;
}

}  // namespace

LmdbSearch::LmdbSearch(MDB_txn* transaction, const LmdbTables& tables, const Filter& filter,
                       std::int64_t now)
    : transaction_{transaction},
      tables_{tables},
      filter_{filter},
      matcher_{filter, now},
      cursor_{transaction, tables},
      work_left_{kUnlimited}
{
}

std::vector<LmdbRecord> LmdbSearch::Newest(std::size_t most)
{
    LmdbBest best{LmdbBest::Order::kNewestFirst, most};
    if (filter_.ids) {
        for (const auto& record : ByIds()) best.Add(record);
        return best.Take();
    }
    const auto path = ChoosePath();
    matcher_.SettleTag(path.settled_tag);
    for (const auto& key : path.keys) {
        WalkNewest(key, [&](const LmdbEntry& entry) {
            if (best.IsBeyond(entry)) return false;
            if (!matcher_.Fits(entry)) return true;
            const auto record = RecordOf(transaction_, tables_, entry.number());
            if (matcher_.Fits(record)) best.Add(record);
            return true;
        });
        best.EndRun();
    }
    return best.Take();
}

std::vector<LmdbRecord> LmdbSearch::Oldest(const EventKey& after, std::size_t most)
{
    const auto from = after.created_at < filter_.since ? EventKey{filter_.since, ""} : after;
    const auto is_behind = [&](const LmdbRecord& record) {
        return record.created_at() > from.created_at || record.id() > from.id;
    };
    LmdbBest best{LmdbBest::Order::kOldestFirst, most};
    if (filter_.ids) {
        for (const auto& record : ByIds()) {
            if (record.created_at() >= from.created_at && is_behind(record)) best.Add(record);
        }
        return best.Take();
    }
    const auto path = ChoosePath();
    matcher_.SettleTag(path.settled_tag);
    for (const auto& key : path.keys) {
        WalkOldest(key, from, [&](const LmdbEntry& entry) {
            if (best.IsBeyond(entry)) return false;
            if (!matcher_.Fits(entry)) return true;
            const auto record = RecordOf(transaction_, tables_, entry.number());
            if (is_behind(record) && matcher_.Fits(record)) best.Add(record);
            return true;
        });
        best.EndRun();
    }
    return best.Take();
}

std::int64_t LmdbSearch::Count(std::int64_t most)
{
    if (filter_.ids) return std::min(most, static_cast<std::int64_t>(ByIds().size()));
    const auto path = ChoosePath();
    matcher_.SettleTag(path.settled_tag);
    const bool may_repeat = path.settled_tag != kNoTag && path.keys.size() > 1;
    std::unordered_set<std::uint64_t> counted;
    std::int64_t count = 0;
    for (const auto& key : path.keys) {
        WalkNewest(key, [&](const LmdbEntry& entry) {
            if (!matcher_.Fits(entry)) return true;
            if (!matcher_.EntriesSuffice(entry) &&
                !matcher_.Fits(RecordOf(transaction_, tables_, entry.number()))) {
                return true;
            }
            if (!may_repeat || counted.insert(entry.number()).second) ++count;
            return count < most;
        });
        if (count >= most) return most;
    }
    return count;
}

std::vector<LmdbSearch::Path> LmdbSearch::Paths() const
{
    std::vector<Path> paths;
    for (std::size_t i = 0; i < filter_.tags.size(); ++i) {
        auto& path = paths.emplace_back(Path{{}, i});
        for (const auto& value : filter_.tags[i].values) {
            path.keys.push_back(index_key::Tag(filter_.tags[i].name, value));
        }
    }
    if (filter_.authors) paths.push_back({AuthorKeys(filter_), kNoTag});
    if (paths.empty() && filter_.kinds) {
        auto& path = paths.emplace_back(Path{{}, kNoTag});
        for (const auto kind : *filter_.kinds) path.keys.push_back(index_key::Kind(kind));
    }
    if (paths.empty()) paths.push_back({{index_key::Time()}, kNoTag});
    return paths;
}

LmdbSearch::Path LmdbSearch::ChoosePath()
{
    auto paths = Paths();
    if (paths.size() == 1) return std::move(paths.front());
    std::size_t fewest = std::numeric_limits<std::size_t>::max(), chosen = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto entries = CountEntries(paths[i], fewest);
        if (entries < fewest) {
            fewest = entries;
            chosen = i;
        }
    }
    return std::move(paths[chosen]);
}

std::size_t LmdbSearch::CountEntries(const Path& path, std::size_t enough)
{
    std::size_t entries = 0;
    for (const auto& key : path.keys) {
        entries += cursor_.Count(key);
        if (entries >= enough) break;
    }
    return entries;
}

std::vector<LmdbRecord> LmdbSearch::ByIds()
{
    std::vector<LmdbRecord> records;
    for (const auto& hex : *filter_.ids) {
        const auto number = NumberOf(transaction_, tables_, FromHex(hex).value_or(""));
        if (!number) continue;
        const auto record = RecordOf(transaction_, tables_, *number);
        if (matcher_.Fits(EntryOf(record)) && matcher_.Fits(record)) records.push_back(record);
    }
    return records;
}

void LmdbSearch::WalkNewest(const std::string& key, const Visit& visit)
{
    const auto end = LmdbEntry::Before(static_cast<std::uint64_t>(filter_.until) + 1);
    const bool open_end = filter_.until == kUnlimited;
    bool found = open_end ? cursor_.SeekLast(key) : cursor_.SeekBefore(key, end);
    for (; found; found = cursor_.Previous()) {
        const auto entry = cursor_.entry();
        if (entry.created_at() < filter_.since || !Works() || !visit(entry)) return;
    }
}

void LmdbSearch::WalkOldest(const std::string& key, const EventKey& after, const Visit& visit)
{
    auto second = after.created_at;
    bool found = cursor_.SeekBefore(key, LmdbEntry::Behind(second, IdHead(after.id)));
    while (true) {  // Seconds go up; within each, entries go down, since lower ids come last.
        for (; found && cursor_.entry().created_at() == second; found = cursor_.Previous()) {
            if (!Works() || !visit(cursor_.entry())) return;
        }
        if (!cursor_.SeekFrom(key, LmdbEntry::Before(static_cast<std::uint64_t>(second) + 1))) {
            return;
        }
        second = cursor_.entry().created_at();
        if (second > filter_.until) return;
        found = cursor_.SeekBefore(key, LmdbEntry::Before(static_cast<std::uint64_t>(second) + 1));
    }
}

}  // namespace berth::relay
