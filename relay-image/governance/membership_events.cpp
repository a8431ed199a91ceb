#include "relay-image/governance/membership_events.hpp"

#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxListedMembers = 5000;

nostr::Event Signed(int kind, std::vector<nostr::Tag> tags, const nostr::SecretKey& self,
                    std::int64_t now)
{
    tags.insert(tags.begin(), nostr::Tag{"-"});
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = now,
                       .kind = kind,
                       .tags = std::move(tags),
                       .content = {},
                       .sig = {}};
    nostr::SignEvent(event, self);
    return event;
}

}  // namespace

nostr::Event MemberList(const Rules& rules, const nostr::SecretKey& self, std::int64_t now)
{
    std::vector<nostr::Tag> tags;
    for (const auto& [pubkey, member] : rules.members) {
        if (tags.size() >= kMaxListedMembers) break;
        nostr::Tag tag{"member", pubkey};
        tag.insert(tag.end(), member.roles.begin(), member.roles.end());
        tags.push_back(std::move(tag));
    }
    return Signed(kMemberListKind, std::move(tags), self, now);
}

nostr::Event MemberAdded(const std::string& pubkey, const nostr::SecretKey& self, std::int64_t now)
{
    return Signed(kMemberAddedKind, {{"p", pubkey}}, self, now);
}

nostr::Event MemberRemoved(const std::string& pubkey, const nostr::SecretKey& self,
                           std::int64_t now)
{
    return Signed(kMemberRemovedKind, {{"p", pubkey}}, self, now);
}

nostr::Event RoleDefinition(const std::string& id, const Role& role, const nostr::SecretKey& self,
                            std::int64_t now)
{
    return Signed(kRoleKind,
                  {{"d", id},
                   {"label", role.label},
                   {"description", role.description},
                   {"color", role.color},
                   {"order", std::to_string(role.order)}},
                  self, now);
}

nostr::Event RoleDeletion(const std::string& id, const nostr::SecretKey& self, std::int64_t now)
{
    const auto address = std::to_string(kRoleKind) + ":" + self.pubkey() + ":" + id;
    return Signed(kDeletionKind, {{"a", address}, {"k", std::to_string(kRoleKind)}}, self, now);
}

nostr::Event InviteEvent(const std::string& code, const Invite& invite,
                         const nostr::SecretKey& self, std::int64_t now)
{
    return Signed(kInviteKind, {{"claim", code}, {"expiration", std::to_string(invite.expires_at)}},
                  self, now);
}

}  // namespace berth::relay
