#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/governance/amendment.hpp"
#include "relay-image/governance/amendment_checks.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kCodeBytes = 15;  ///< 24 characters of base32.
constexpr std::size_t kLeastCode = 8;
constexpr std::size_t kMostCode = 64;
constexpr std::int64_t kMostUses = 100'000;
constexpr std::int64_t kLongestLife = 366 * 86400;
constexpr std::int64_t kOpenForOneMember = 5;

bool IsCode(const std::string& code)
{
    const auto fits = [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    };
    return code.size() >= kLeastCode && code.size() <= kMostCode && std::ranges::all_of(code, fits);
}

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kForbidden, std::move(reason), std::move(message));
}

}  // namespace

Result<void> Amendment::CheckInvite(const InviteDraft& draft) const
{
    if ((!draft.code.empty() && !IsCode(draft.code)) || draft.max_uses < 1 ||
        draft.max_uses > kMostUses || draft.lifetime < 1 || draft.lifetime > kLongestLife) {
        return Fail(ErrorCode::kInvalid, "BAD_INVITE",
                    "An invite has 8 to 64 letters, digits, - or _, is used 1 to 100,000 times, "
                    "and ends within 366 days.");
    }
    if (rules_.invites.contains(draft.code)) {
        return Fail(ErrorCode::kConflict, "INVITE_EXISTS", "There is an invite of that code.");
    }
    if (draft.role.empty()) return {};
    const auto role = rules_.roles.find(draft.role);
    if (role == rules_.roles.end()) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_ROLE",
                    "There is no role \"" + draft.role + "\".");
    }
    if (Holds(role->second.methods)) return {};
    return Refused("NOT_YOURS_TO_GIVE", "Nobody gives powers that he does not have himself.");
}

Result<std::string> Amendment::CreateInvite(const InviteDraft& draft)
{
    if (const auto fits = CheckInvite(draft); !fits) return fits.error();
    std::erase_if(rules_.invites, [&](const auto& entry) {
        if (entry.second.IsOpen(now_)) return false;
        Erase(collection::kInvites, entry.first);
        return true;
    });
    const auto open = std::ranges::count_if(
        rules_.invites, [&](const auto& entry) { return entry.second.by == actor_.pubkey; });
    const bool too_many = actor_.is_anyone && open >= kOpenForOneMember;
    if (too_many || rules_.invites.size() >= kMaxInvites) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_INVITES",
                    "Too many invites are open; wait until one was used or has ended.");
    }
    const auto code = draft.code.empty() ? ToBase32(RandomBytes(kCodeBytes)) : draft.code;
    const Invite invite{.by = actor_.pubkey,
                        .role = draft.role,
                        .at = now_,
                        .expires_at = now_ + draft.lifetime,
                        .max_uses = draft.max_uses,
                        .uses = 0};
    rules_.invites[code] = invite;
    Put(collection::kInvites, code, RecordOf(invite));
    Record("createclaim", code.substr(0, 4) + "...");  // A code is a key: the log has no use of it.
    return code;
}

Result<void> Amendment::DeleteInvite(const std::string& code)
{
    if (rules_.invites.erase(code) == 0) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_INVITE", "There is no such invite.");
    }
    Erase(collection::kInvites, code);
    Record("deleteclaim", code.substr(0, 4) + "...");
    return {};
}

Result<void> Amendment::Join(const std::string& code)
{
    const auto& pubkey = actor_.pubkey;
    if (rules_.banned_pubkeys.contains(pubkey)) return Refused("BANNED", "this key is banned here");
    if (access_.IsOwner(pubkey) || rules_.members.contains(pubkey)) {
        return Fail(ErrorCode::kConflict, "ALREADY_MEMBER",
                    "you are already a member of this relay");
    }
    const auto found = rules_.invites.find(code);
    if (found == rules_.invites.end()) {
        return Refused("BAD_INVITE_CODE", "that is an invalid invite code");
    }
    auto& invite = found->second;
    if (now_ >= invite.expires_at) {
        return Refused("INVITE_EXPIRED", "that invite code is expired");
    }
    if (invite.uses >= invite.max_uses) {
        return Refused("INVITE_USED_UP", "that invite code was used already");
    }
    if (const auto room = CheckRoom(rules_.members.size(), kMaxListed); !room) return room;
    ++invite.uses;
    Put(collection::kInvites, code, RecordOf(invite));
    Member member{.note = {.reason = "joined by invite", .by = invite.by, .at = now_}, .roles = {}};
    if (rules_.roles.contains(invite.role)) member.roles.insert(invite.role);
    PutMember(pubkey, std::move(member));
    Record("join", pubkey);
    return {};
}

Result<void> Amendment::Leave()
{
    if (!EraseMember(actor_.pubkey)) {
        return Fail(ErrorCode::kPrecondition, "NOT_A_MEMBER", "you are no member of this relay");
    }
    Record("leave", actor_.pubkey);
    return {};
}

}  // namespace berth::relay
