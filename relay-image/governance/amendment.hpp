#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/governance/records.hpp"

namespace berth::relay {

/// Who asks for a change of the rules.
struct Actor {
    std::string pubkey;      ///< Hex; empty is the owner at his dashboard.
    std::string via;         ///< `nip86`, `dashboard` or `nip43`.
    bool is_owner = false;   ///< May do everything.
    bool is_anyone = false;  ///< Somebody who only asks for himself (NIP-43).
};

/// A role as somebody describes it.
struct RoleDraft {
    std::string id;
    Role role;
};

/// How an invite is to be.
struct InviteDraft {
    std::string code;  ///< Empty: a random one.
    std::string role;
    std::int64_t max_uses = 1;
    std::int64_t lifetime = 7 * 86400;  ///< Seconds.
};

/// One change of the rules: a copy that is changed by the calls below, with the records that make
/// it last. Each call checks everything before it changes anything. Errors of all: kInvalid
/// `BAD_TEXT` (too long, or with control characters); kExhausted `LIST_FULL`.
class Amendment {
public:
    Amendment(Rules rules, const AccessPolicy& access, Actor actor, std::int64_t now);

    /// Bans a key, which ends its membership. `purge` removes its events. Errors: kForbidden
    /// `OWNER_PROTECTED`, `NOT_BELOW_YOU` (it has powers, and the actor is not the owner).
    Result<void> BanPubkey(const std::string& pubkey, const std::string& reason, bool purge);
    Result<void> UnbanPubkey(const std::string& pubkey);
    /// Makes a key a member and lifts its ban.
    Result<void> AllowPubkey(const std::string& pubkey, const std::string& reason);
    /// Ends a membership. Errors: kForbidden `NOT_BELOW_YOU`.
    Result<void> UnallowPubkey(const std::string& pubkey);

    /// Errors of the calls about roles: kConflict `ROLE_EXISTS`; kNotFound `UNKNOWN_ROLE`; kInvalid
    /// `BAD_ROLE`, `UNKNOWN_METHOD`; kForbidden `NOT_YOURS_TO_GIVE` (powers the actor has not).
    Result<void> CreateRole(const RoleDraft& draft);
    Result<void> EditRole(const RoleDraft& draft);
    Result<void> DeleteRole(const std::string& id);
    /// Makes the key a member if it is none. Error too: kForbidden `BANNED`.
    Result<void> AssignRole(const std::string& pubkey, const std::string& id);
    Result<void> UnassignRole(const std::string& pubkey, const std::string& id);
    Result<void> AssignMethod(const std::string& pubkey, const std::string& method);
    Result<void> UnassignMethod(const std::string& pubkey, const std::string& method);

    /// Bans an event and removes it.
    Result<void> BanEvent(const std::string& id, const std::string& reason);
    Result<void> UnbanEvent(const std::string& id);
    /// Settles the reports about an event, and lifts its ban.
    Result<void> AllowEvent(const std::string& id, const std::string& reason);
    Result<void> UnallowEvent(const std::string& id);

    Result<void> AllowKind(int kind);
    Result<void> DisallowKind(int kind);
    /// Takes a kind off both lists.
    Result<void> ClearKind(int kind);

    /// Blocks an address or a network. Errors: kInvalid `BAD_IP_ADDRESS`.
    Result<void> Block(const std::string& range, const std::string& reason);
    Result<void> Unblock(const std::string& range);

    /// Returns the code. Errors: kInvalid `BAD_INVITE`; kNotFound `UNKNOWN_ROLE`; kConflict
    /// `INVITE_EXISTS`; kForbidden `NOT_YOURS_TO_GIVE`; kExhausted `TOO_MANY_INVITES`.
    Result<std::string> CreateInvite(const InviteDraft& draft);
    /// Errors: kNotFound `UNKNOWN_INVITE`.
    Result<void> DeleteInvite(const std::string& code);
    /// The actor becomes a member by a code. Errors: kForbidden `BAD_INVITE_CODE`,
    /// `INVITE_EXPIRED`, `INVITE_USED_UP`, `BANNED`; kConflict `ALREADY_MEMBER`.
    Result<void> Join(const std::string& code);
    /// The actor is a member no longer. Errors: kPrecondition `NOT_A_MEMBER`.
    Result<void> Leave();

    /// Errors: kInvalid `UNKNOWN_SETTING`, `BAD_SETTING`.
    Result<void> Set(const std::string& name, const std::string& value);
    /// Lets the configuration hold again.
    Result<void> Unset(const std::string& name);

    const Rules& rules() const { return rules_; }
    const Actor& actor() const { return actor_; }
    std::int64_t now() const { return now_; }
    /// What to write, in this order, before the change counts.
    const std::vector<RecordEdit>& edits() const { return edits_; }
    const std::vector<std::string>& joined() const { return joined_; }  ///< New members.
    const std::vector<std::string>& left() const { return left_; }
    const std::vector<AuditLine>& audited() const { return audited_; }

private:
    void Record(const std::string& act, const std::string& subject);
    Note NoteOf(const std::string& reason, bool purge = false) const;
    void Put(std::string_view collection, const std::string& key, std::string json);
    void Erase(std::string_view collection, const std::string& key);
    void PutMember(const std::string& pubkey, Member member);
    bool EraseMember(const std::string& pubkey);
    /// Whether the actor holds all of these, and so may give or take them.
    bool Holds(const std::set<std::string>& methods) const;
    Result<void> CheckBelow(const std::string& pubkey) const;
    Result<void> CheckRole(const RoleDraft& draft) const;
    Result<void> CheckInvite(const InviteDraft& draft) const;

    Rules rules_;
    const AccessPolicy& access_;
    const Actor actor_;
    const std::int64_t now_;
    std::vector<RecordEdit> edits_;
    std::vector<std::string> joined_;
    std::vector<std::string> left_;
    std::vector<AuditLine> audited_;
};

}  // namespace berth::relay
