#include "relay-image/governance/membership.hpp"

#include <algorithm>

#include "relay-image/governance/membership_events.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kFreshSeconds = 300;
constexpr int kMaxFailuresPerMinute = 60;  ///< Wrong codes of all together; then nobody guesses.
constexpr std::size_t kMaxCode = 64;

/// How an OK says what became of a join or a leave.
std::pair<bool, std::string> AnswerTo(int kind, const Result<boost::json::value>& result)
{
    if (result) {
        return {true, kind == kJoinKind ? "info: welcome to this relay"
                                        : "info: you are a member no longer"};
    }
    const auto& error = result.error();
    if (error.reason == "ALREADY_MEMBER") return {true, "duplicate: " + error.message};
    if (error.code == ErrorCode::kForbidden || error.code == ErrorCode::kPrecondition) {
        return {false, "restricted: " + error.message};
    }
    return {false, "error: it could not be done now; send it again"};
}

}  // namespace

bool IsMembershipRequest(int kind) { return kind == kJoinKind || kind == kLeaveKind; }

Membership::Membership(const AccessPolicy& access, const Clock& clock,
                       std::optional<nostr::SecretKey> self, Publish publish)
    : access_{access}, clock_{clock}, self_{std::move(self)}, publish_{std::move(publish)}
{
}

bool Membership::MayTry(Time now)
{
    const std::scoped_lock lock{mutex_};
    const auto minute = ToUnixSeconds(now) / 60;
    if (minute != minute_) failures_ = 0;
    minute_ = minute;
    return failures_ < kMaxFailuresPerMinute;
}

void Membership::Take(Governor& governor, const nostr::Event& request, Reply reply)
{
    const auto now = ToUnixSeconds(clock_.Now());
    if (request.created_at < now - kFreshSeconds || request.created_at > now + kFreshSeconds) {
        return reply(false, "invalid: created_at is not now");
    }
    if (!MayTry(clock_.Now())) return reply(false, "rate-limited: try again in a minute");
    const auto kind = request.kind;
    const auto code = request.TagValue("claim").value_or("").substr(0, kMaxCode + 1);
    auto act = [kind, code](Amendment& amendment, EventStore&) -> Result<boost::json::value> {
        const auto done = kind == kJoinKind ? amendment.Join(code) : amendment.Leave();
        if (!done) return done.error();
        return boost::json::value(true);
    };
    auto done = [this, kind, reply](const Result<boost::json::value>& result) {
        if (!result && result.error().code == ErrorCode::kForbidden) {
            const std::scoped_lock lock{mutex_};
            ++failures_;
        }
        const auto [accepted, text] = AnswerTo(kind, result);
        reply(accepted, text);
    };
    Actor actor{.pubkey = request.pubkey, .via = "nip43", .is_anyone = true};
    if (!governor.Submit(std::move(actor), std::move(act), std::move(done))) {
        reply(false, "rate-limited: the relay is busy; send it again later");
    }
}

std::string Membership::WhoMayInvite(const Authenticated& keys) const
{
    const auto rules = access_.rules();
    const auto may = rules->settings.find("members_may_invite");
    const bool members = may != rules->settings.end() && may->second == "true";
    const auto inviter = std::ranges::find_if(keys, [&](const auto& key) {
        return access_.IsOwner(key) || rules->MayCall(key, "createclaim") ||
               (members && access_.IsMember(key));
    });
    return inviter == keys.end() ? "" : *inviter;
}

void Membership::Invite(Governor& governor, const Authenticated& keys, Invited invited)
{
    const auto inviter = WhoMayInvite(keys);
    if (!self_ || inviter.empty()) return invited(std::nullopt);
    const bool is_owner = access_.IsOwner(inviter);
    auto act = [](Amendment& amendment, EventStore&) -> Result<boost::json::value> {
        const auto code = amendment.CreateInvite({});
        if (!code) return code.error();
        return boost::json::value(*code);
    };
    auto done = [this, invited](const Result<boost::json::value>& code) {
        if (!code) return invited(std::nullopt);
        const std::string text{code->as_string()};
        const auto rules = access_.rules();
        const auto invite = rules->invites.find(text);
        if (invite == rules->invites.end()) return invited(std::nullopt);
        invited(InviteEvent(text, invite->second, *self_, ToUnixSeconds(clock_.Now())));
    };
    Actor actor{.pubkey = inviter, .via = "nip43", .is_owner = is_owner, .is_anyone = !is_owner};
    if (!governor.Submit(std::move(actor), std::move(act), std::move(done))) invited(std::nullopt);
}

std::int64_t Membership::NextListTime()
{
    const std::scoped_lock lock{mutex_};
    // Of two lists of one second, chance would decide which stays.
    last_list_ = std::max(ToUnixSeconds(clock_.Now()), last_list_ + 1);
    return last_list_;
}

void Membership::Announce(const RulesChange& change)
{
    if (!self_ || !change.of_membership) return;
    const auto now = ToUnixSeconds(clock_.Now());
    for (const auto& pubkey : change.joined) publish_(MemberAdded(pubkey, *self_, now));
    for (const auto& pubkey : change.left) publish_(MemberRemoved(pubkey, *self_, now));
    const auto rules = access_.rules();
    const auto at = NextListTime();
    for (const auto& id : change.roles) {
        const auto role = rules->roles.find(id);
        publish_(role == rules->roles.end() ? RoleDeletion(id, *self_, at)
                                            : RoleDefinition(id, role->second, *self_, at));
    }
    publish_(MemberList(*rules, *self_, at));
}

}  // namespace berth::relay
