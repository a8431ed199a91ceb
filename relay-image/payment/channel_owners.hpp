#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

namespace berth::relay {

/// Which key pays by which channel, as far as this process knows: the first whose claim was good.
/// Thread-safe.
class ChannelOwners {
public:
    /// Whether the channel is the author's or nobody's yet.
    bool MayUse(const std::string& channel_id, const std::string& author) const
    {
        const std::scoped_lock lock{mutex_};
        const auto found = owners_.find(channel_id);
        return found == owners_.end() || found->second == author;
    }
    /// Whether the channel is known to be the author's.
    bool IsHeld(const std::string& channel_id, const std::string& author) const
    {
        const std::scoped_lock lock{mutex_};
        const auto found = owners_.find(channel_id);
        return found != owners_.end() && found->second == author;
    }
    /// The channel is the author's, from now on or before. False if it is another's.
    bool Hold(const std::string& channel_id, const std::string& author)
    {
        const std::scoped_lock lock{mutex_};
        return owners_.try_emplace(channel_id, author).first->second == author;
    }

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::string> owners_;
};

}  // namespace berth::relay
