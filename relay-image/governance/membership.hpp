#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/governance/governor.hpp"

namespace berth::relay {

/// True for what NIP-43 makes of an event: a request that the relay answers and nobody else sees.
bool IsMembershipRequest(int kind);

/// Membership by events (NIP-43): takes joins and leaves, hands out invites, and tells of changes
/// by events of the relay's own key. Thread-safe.
class Membership {
public:
    /// What a request is answered with, as an OK says it; from the governor's thread.
    using Reply = std::function<void(bool accepted, const std::string& text)>;
    /// Nothing: no invite for him.
    using Invited = std::function<void(std::optional<nostr::Event> invite)>;
    /// Stores an event of the relay and sends it to whoever listens.
    using Publish = std::function<void(nostr::Event event)>;

    /// Without a key of its own, the relay takes requests and tells of nothing. All outlive it.
    Membership(const AccessPolicy& access, const Clock& clock, std::optional<nostr::SecretKey> self,
               Publish publish);

    /// Takes a verified join or leave.
    void Take(Governor& governor, const nostr::Event& request, Reply reply);
    /// Makes an invite for a connection that proved `keys`, if its owner may invite.
    void Invite(Governor& governor, const Authenticated& keys, Invited invited);
    /// Tells of what changed.
    void Announce(const RulesChange& change);

private:
    bool MayTry(Time now);
    std::string WhoMayInvite(const Authenticated& keys) const;
    std::int64_t NextListTime();

    const AccessPolicy& access_;
    const Clock& clock_;
    const std::optional<nostr::SecretKey> self_;
    const Publish publish_;
    std::mutex mutex_;  ///< Guards the three below.
    std::int64_t minute_ = 0;
    int failures_ = 0;  ///< Of this minute.
    std::int64_t last_list_ = 0;
};

}  // namespace berth::relay
