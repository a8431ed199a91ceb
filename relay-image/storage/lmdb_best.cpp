#include "relay-image/storage/lmdb_best.hpp"

#include <algorithm>

namespace berth::relay {

bool LmdbBest::IsBeyond(const LmdbEntry& entry) const
{
    if (most_ == 0) return true;
    if (!full_) return false;
    const auto at = entry.created_at();
    if (at == last_.created_at) return entry.id_head() > last_.id_head;
    return (at < last_.created_at) == (order_ == Order::kNewestFirst);
}

void LmdbBest::Add(const LmdbRecord& record)
{
    records_.push_back(record);
    if (records_.size() - run_ == most_) LimitTo(record);
}

void LmdbBest::EndRun()
{
    if (records_.size() == run_) return;
    const auto before = [this](const auto& a, const auto& b) { return ComesBefore(a, b); };
    const auto middle = records_.begin() + static_cast<std::ptrdiff_t>(run_);
    std::sort(middle, records_.end(), before);
    std::inplace_merge(records_.begin(), middle, records_.end(), before);
    const auto repeats = std::unique(records_.begin(), records_.end(),
                                     [](const auto& a, const auto& b) { return a.id() == b.id(); });
    records_.erase(repeats, records_.end());
    if (records_.size() >= most_) {
        records_.erase(records_.begin() + static_cast<std::ptrdiff_t>(most_), records_.end());
        LimitTo(records_.back());
    }
    run_ = records_.size();
}

std::vector<LmdbRecord> LmdbBest::Take()
{
    EndRun();
    return std::move(records_);
}

bool LmdbBest::ComesBefore(const LmdbRecord& a, const LmdbRecord& b) const
{
    const auto at_a = a.created_at(), at_b = b.created_at();
    if (at_a == at_b) return a.id() < b.id();
    return (at_a > at_b) == (order_ == Order::kNewestFirst);
}

void LmdbBest::LimitTo(const LmdbRecord& record)
{
    full_ = true;
    last_ = {.created_at = record.created_at(), .id_head = IdHead(record.id())};
}

}  // namespace berth::relay
