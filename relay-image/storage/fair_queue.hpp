#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace berth::relay {

/// What several parties wait for. They take turns, however much one of them has put in. Not
/// thread-safe.
template <typename Item>
class FairQueue {
public:
    void Put(const std::string& party, Item item)
    {
        auto& items = items_[party];
        if (items.empty()) turns_.push_back(party);
        items.push_back(std::move(item));
        ++size_;
    }

    /// The next item; the queue must not be empty.
    Item Take()
    {
        const auto found = items_.find(turns_.front());
        auto& items = found->second;
        auto item = std::move(items.front());
        items.pop_front();
        --size_;
        if (items.empty()) {
            items_.erase(found);
        } else {
            turns_.push_back(std::move(turns_.front()));
        }
        turns_.pop_front();
        return item;
    }

    std::size_t size() const { return size_; }

private:
    std::unordered_map<std::string, std::deque<Item>> items_;  ///< None is empty.
    std::deque<std::string> turns_;                            ///< The parties that have items.
    std::size_t size_ = 0;
};

}  // namespace berth::relay
