#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace berth::relay {

/// Why somebody or something stands on a list.
struct Note {
    std::string reason;   ///< As the owner wrote it; may be empty.
    std::string by;       ///< Key (hex) of who said so; empty is the dashboard.
    std::int64_t at = 0;  ///< Unix seconds.
    bool purge = false;   ///< Its events are still to be removed.

    bool operator==(const Note&) const = default;
};

/// A key that may publish on a relay for members.
struct Member {
    Note note;
    std::set<std::string> roles;  ///< Ids.

    bool operator==(const Member&) const = default;
};

/// A name for some of the members (NIP-43), which may carry powers.
struct Role {
    std::string label;
    std::string description;
    std::string color;
    std::int64_t order = 0;
    std::set<std::string> methods;  ///< Of NIP-86, which its holders may call.

    bool operator==(const Role&) const = default;
};

/// A code that makes whoever presents it a member.
struct Invite {
    std::string by;               ///< Key (hex) of who made it; empty is the dashboard.
    std::string role;             ///< Given to who joins by it; may be empty.
    std::int64_t at = 0;          ///< Unix seconds.
    std::int64_t expires_at = 0;  ///< Unix seconds.
    std::int64_t max_uses = 1;
    std::int64_t uses = 0;

    bool IsOpen(std::int64_t now) const { return uses < max_uses && now < expires_at; }
    bool operator==(const Invite&) const = default;
};

/// One line of what was done to the rules, and by whom.
struct AuditLine {
    std::int64_t at = 0;  ///< Unix seconds.
    std::string by;       ///< Key (hex); empty is the dashboard.
    std::string via;      ///< `nip86`, `dashboard` or `nip43`.
    std::string act;      ///< The method's name.
    std::string subject;  ///< What it was done to.

    bool operator==(const AuditLine&) const = default;
};

using Notes = std::map<std::string, Note, std::less<>>;

/// Everything that the owner and his moderators decided: one value, never changed once it is
/// shared. Keys and ids are lower-case hex.
struct Rules {
    bool loaded = false;  ///< False until they were read from the store.
    Notes banned_pubkeys;
    Notes banned_events;
    Notes allowed_events;  ///< Reported, looked at and found good.
    Notes blocked;         ///< Addresses and networks, as AddressRange writes them.
    std::map<std::string, Member, std::less<>> members;
    std::map<std::string, Role, std::less<>> roles;
    std::map<std::string, Invite, std::less<>> invites;                ///< By code.
    std::map<std::string, std::set<std::string>, std::less<>> grants;  ///< Methods by key.
    std::set<int> allowed_kinds;                                       ///< If any, only these.
    std::set<int> disallowed_kinds;
    std::map<std::string, std::string, std::less<>> settings;  ///< What the owner set while we ran.
    std::map<std::string, AuditLine> audit;                    ///< By time.

    /// Whether a key may call a method of NIP-86: by grant or by one of its roles.
    bool MayCall(std::string_view pubkey, std::string_view method) const;
    /// All methods that a key may call.
    std::set<std::string> PowersOf(std::string_view pubkey) const;
    /// Whether an address (as text) stands in one of the blocked networks.
    bool IsBlocked(std::string_view address) const;
    /// Why no event of this id, author and kind is kept here, as an OK says it; empty if nothing
    /// speaks against it.
    std::string WhyNotStore(std::string_view id, std::string_view pubkey, int kind) const;
};

}  // namespace berth::relay
