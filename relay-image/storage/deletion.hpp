#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// What one deletion (NIP-09) names that its author may delete: ids of any event, of which only his
/// own are meant, and addresses of his own.
struct Deleted {
    std::vector<std::string> ids;        ///< Hex.
    std::vector<std::string> addresses;  ///< `kind:pubkey:d`
};

/// Reads the `e` and `a` tags of a deletion; what is malformed or another's names nothing.
Deleted DeletedBy(const nostr::Event& deletion);

/// Deletions and requests to vanish (NIP-62) that came together.
class DeletionSet {
public:
    /// Ignores events of other kinds.
    void Add(const nostr::Event& event);
    void Clear();
    /// Whether one of them takes the event away.
    bool TakesAway(const nostr::Event& event) const;

private:
    bool HasVanished(const std::string& pubkey, std::int64_t created_at) const;

    std::unordered_set<std::string> ids_;  ///< Id and author.
    std::unordered_map<std::string, std::int64_t> addresses_;
    std::unordered_map<std::string, std::int64_t> vanished_;
};

}  // namespace berth::relay
