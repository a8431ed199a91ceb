#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/nostr/event.hpp"
#include "relay-image/protocol/filter.hpp"

namespace berth::relay {

class Session;
struct Subscription;

/// A subscription of a connection that waits for live events.
struct Listener {
    Session* session = nullptr;
    Subscription* subscription = nullptr;

    bool operator==(const Listener&) const = default;
};

/// Who may want an event: each filter stands under the values of the one of its conditions that the
/// fewest events meet, so that an event visits those alone. Used on the I/O thread only.
class InterestIndex {
public:
    /// Each listener is added once; its subscription's filters do not change while it is there.
    void Add(const Listener& listener);
    void Remove(const Listener& listener);

    /// All whose filters may match, some more than once.
    std::vector<Listener> Candidates(const nostr::Event& event) const;

private:
    using Listeners = std::vector<Listener>;

    /// Calls back with every list under which a filter stands.
    template <typename Use>
    void ForEachList(const Filter& filter, Use use);
    void Append(const std::string& key, Listeners& to) const;

    std::unordered_map<std::string, Listeners> by_value_;  ///< Under a letter and a value.
    std::unordered_map<int, Listeners> by_kind_;
    Listeners of_all_;
};

}  // namespace berth::relay
