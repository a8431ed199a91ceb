#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/governance/amendment.hpp"
#include "relay-image/governance/amendment_checks.hpp"
#include "relay-image/governance/method_names.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxReason = 1000;
constexpr std::size_t kMaxRoleId = 64;
constexpr std::size_t kMaxRoleText = 500;

Error NotYoursToGive()
{
    return Fail(ErrorCode::kForbidden, "NOT_YOURS_TO_GIVE",
                "Nobody gives or takes powers that he does not have himself.");
}

Error UnknownRole(const std::string& id)
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_ROLE", "There is no role \"" + id + "\".");
}

}  // namespace

bool Amendment::Holds(const std::set<std::string>& methods) const
{
    if (actor_.is_owner || methods.empty()) return true;
    return std::ranges::includes(rules_.PowersOf(actor_.pubkey), methods);
}

Result<void> Amendment::CheckBelow(const std::string& pubkey) const
{
    if (access_.IsOwner(pubkey)) {
        return Fail(ErrorCode::kForbidden, "OWNER_PROTECTED", "The owner stays what he is.");
    }
    if (actor_.is_owner || rules_.PowersOf(pubkey).empty()) return {};
    return Fail(ErrorCode::kForbidden, "NOT_BELOW_YOU",
                "Only the owner acts against who has powers himself.");
}

void Amendment::PutMember(const std::string& pubkey, Member member)
{
    if (!rules_.members.contains(pubkey)) joined_.push_back(pubkey);
    Put(collection::kMembers, pubkey, RecordOf(member));
    rules_.members[pubkey] = std::move(member);
}

bool Amendment::EraseMember(const std::string& pubkey)
{
    if (rules_.grants.erase(pubkey) != 0) Erase(collection::kGrants, pubkey);
    if (rules_.members.erase(pubkey) == 0) return false;
    Erase(collection::kMembers, pubkey);
    left_.push_back(pubkey);
    return true;
}

Result<void> Amendment::BanPubkey(const std::string& pubkey, const std::string& reason, bool purge)
{
    if (const auto fits = CheckText(reason, kMaxReason); !fits) return fits;
    if (const auto below = CheckBelow(pubkey); !below) return below;
    if (const auto room = CheckRoom(rules_.banned_pubkeys.size(), kMaxListed); !room) return room;
    EraseMember(pubkey);
    rules_.banned_pubkeys[pubkey] = NoteOf(reason, purge);
    Put(collection::kBannedPubkeys, pubkey, RecordOf(rules_.banned_pubkeys[pubkey]));
    Record("banpubkey", pubkey);
    return {};
}

Result<void> Amendment::UnbanPubkey(const std::string& pubkey)
{
    if (rules_.banned_pubkeys.erase(pubkey) == 0) return {};
    Erase(collection::kBannedPubkeys, pubkey);
    Record("unbanpubkey", pubkey);
    return {};
}

Result<void> Amendment::AllowPubkey(const std::string& pubkey, const std::string& reason)
{
    if (const auto fits = CheckText(reason, kMaxReason); !fits) return fits;
    if (const auto room = CheckRoom(rules_.members.size(), kMaxListed); !room) return room;
    if (rules_.banned_pubkeys.erase(pubkey) != 0) Erase(collection::kBannedPubkeys, pubkey);
    const auto known = rules_.members.find(pubkey);
    Member member = known == rules_.members.end() ? Member{} : known->second;
    member.note = NoteOf(reason);
    PutMember(pubkey, std::move(member));
    Record("allowpubkey", pubkey);
    return {};
}

Result<void> Amendment::UnallowPubkey(const std::string& pubkey)
{
    if (const auto below = CheckBelow(pubkey); !below) return below;
    if (EraseMember(pubkey)) Record("unallowpubkey", pubkey);
    return {};
}

Result<void> Amendment::CheckRole(const RoleDraft& draft) const
{
    const auto& role = draft.role;
    for (const auto* text : {&draft.id, &role.label, &role.description, &role.color}) {
        if (const auto fits = CheckText(*text, kMaxRoleText); !fits) return fits;
    }
    if (draft.id.empty() || draft.id.size() > kMaxRoleId) {
        return Fail(ErrorCode::kInvalid, "BAD_ROLE", "A role's id has 1 to 64 bytes.");
    }
    for (const auto& method : role.methods) {
        if (!IsMethodName(method)) {
            return Fail(ErrorCode::kInvalid, "UNKNOWN_METHOD",
                        "There is no method " + method + ".");
        }
    }
    if (!Holds(role.methods)) return NotYoursToGive();
    return {};
}

Result<void> Amendment::CreateRole(const RoleDraft& draft)
{
    if (const auto fits = CheckRole(draft); !fits) return fits;
    if (const auto room = CheckRoom(rules_.roles.size(), kMaxRoles); !room) return room;
    if (rules_.roles.contains(draft.id)) {
        return Fail(ErrorCode::kConflict, "ROLE_EXISTS", "There is a role of that id.");
    }
    rules_.roles[draft.id] = draft.role;
    Put(collection::kRoles, draft.id, RecordOf(draft.role));
    Record("createrole", draft.id);
    return {};
}

Result<void> Amendment::EditRole(const RoleDraft& draft)
{
    const auto role = rules_.roles.find(draft.id);
    if (role == rules_.roles.end()) return UnknownRole(draft.id);
    if (const auto fits = CheckRole(draft); !fits) return fits;
    if (!Holds(role->second.methods)) return NotYoursToGive();
    role->second = draft.role;
    Put(collection::kRoles, draft.id, RecordOf(draft.role));
    Record("editrole", draft.id);
    return {};
}

Result<void> Amendment::DeleteRole(const std::string& id)
{
    const auto role = rules_.roles.find(id);
    if (role == rules_.roles.end()) return UnknownRole(id);
    if (!Holds(role->second.methods)) return NotYoursToGive();
    rules_.roles.erase(role);
    Erase(collection::kRoles, id);
    for (auto& [pubkey, member] : rules_.members) {
        if (member.roles.erase(id) != 0) Put(collection::kMembers, pubkey, RecordOf(member));
    }
    Record("deleterole", id);
    return {};
}

Result<void> Amendment::AssignRole(const std::string& pubkey, const std::string& id)
{
    const auto role = rules_.roles.find(id);
    if (role == rules_.roles.end()) return UnknownRole(id);
    if (!Holds(role->second.methods)) return NotYoursToGive();
    if (rules_.banned_pubkeys.contains(pubkey)) {
        return Fail(ErrorCode::kForbidden, "BANNED", "A banned key has no roles.");
    }
    if (const auto room = CheckRoom(rules_.members.size(), kMaxListed); !room) return room;
    const auto known = rules_.members.find(pubkey);
    Member member =
        known == rules_.members.end() ? Member{.note = NoteOf(""), .roles = {}} : known->second;
    member.roles.insert(id);
    PutMember(pubkey, std::move(member));
    Record("assignrole", pubkey + " " + id);
    return {};
}

Result<void> Amendment::UnassignRole(const std::string& pubkey, const std::string& id)
{
    const auto role = rules_.roles.find(id);
    if (role == rules_.roles.end()) return UnknownRole(id);
    if (!Holds(role->second.methods)) return NotYoursToGive();
    const auto member = rules_.members.find(pubkey);
    if (member == rules_.members.end() || member->second.roles.erase(id) == 0) return {};
    Put(collection::kMembers, pubkey, RecordOf(member->second));
    Record("unassignrole", pubkey + " " + id);
    return {};
}

Result<void> Amendment::AssignMethod(const std::string& pubkey, const std::string& method)
{
    if (!IsMethodName(method)) {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_METHOD", "There is no method " + method + ".");
    }
    if (!Holds({method})) return NotYoursToGive();
    if (rules_.banned_pubkeys.contains(pubkey)) {
        return Fail(ErrorCode::kForbidden, "BANNED", "A banned key has no powers.");
    }
    if (const auto room = CheckRoom(rules_.grants.size(), kMaxListed); !room) return room;
    rules_.grants[pubkey].insert(method);
    Put(collection::kGrants, pubkey, RecordOf(rules_.grants[pubkey]));
    Record("assignmethod", pubkey + " " + method);
    return {};
}

Result<void> Amendment::UnassignMethod(const std::string& pubkey, const std::string& method)
{
    if (!Holds({method})) return NotYoursToGive();
    const auto granted = rules_.grants.find(pubkey);
    if (granted == rules_.grants.end() || granted->second.erase(method) == 0) return {};
    if (granted->second.empty()) {
        rules_.grants.erase(granted);
        Erase(collection::kGrants, pubkey);
    } else {
        Put(collection::kGrants, pubkey, RecordOf(granted->second));
    }
    Record("unassignmethod", pubkey + " " + method);
    return {};
}

}  // namespace berth::relay
