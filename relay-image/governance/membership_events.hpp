#pragma once

#include <string>
#include <vector>

#include "core/nostr/event.hpp"
#include "relay-image/governance/rules.hpp"

namespace berth::relay {

constexpr int kMemberListKind = 13534;
constexpr int kMemberAddedKind = 8000;
constexpr int kMemberRemovedKind = 8001;
constexpr int kRoleKind = 33534;

/// The events by which a relay tells of its members (NIP-43), signed by its own key. All are
/// protected (NIP-70). The list names 5,000 members at most, and says itself that it need not be
/// complete.
nostr::Event MemberList(const Rules& rules, const nostr::SecretKey& self, std::int64_t now);
nostr::Event MemberAdded(const std::string& pubkey, const nostr::SecretKey& self, std::int64_t now);
nostr::Event MemberRemoved(const std::string& pubkey, const nostr::SecretKey& self,
                           std::int64_t now);
nostr::Event RoleDefinition(const std::string& id, const Role& role, const nostr::SecretKey& self,
                            std::int64_t now);
/// Asks for the deletion of a role's definition (NIP-09).
nostr::Event RoleDeletion(const std::string& id, const nostr::SecretKey& self, std::int64_t now);
/// Carries a fresh invite to the one who asked for it.
nostr::Event InviteEvent(const std::string& code, const Invite& invite,
                         const nostr::SecretKey& self, std::int64_t now);

}  // namespace berth::relay
