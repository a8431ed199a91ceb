#include "marketplace/rpc/authentication.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/http_auth.hpp"

namespace berth::rpc {
namespace {

using namespace std::chrono_literals;

constexpr auto kTokenBytes = 32;
constexpr auto kRememberPresented = 10min;  // Well beyond NIP-98's window, clocks off included.
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kNostr = "Nostr ";

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kUnauthenticated, std::move(reason), std::move(message));
}

Error Forbidden(std::string reason, std::string message)
{
    return Fail(ErrorCode::kForbidden, std::move(reason), std::move(message));
}

Result<void> CheckRole(Access access, const Caller& caller)
{
    const auto has = [&](call::Role role) { return caller.roles.contains(role); };
    switch (access) {
        case Access::kAnybody:
        case Access::kSignedEvent:
        case Access::kFreshKey:
        case Access::kKey: return {};
        case Access::kOperator:
            if (has(call::Role::kOperator)) return {};
            return Forbidden("NOT_AN_OPERATOR", "The caller is not a registered operator.");
        case Access::kFinance:
            if (has(call::Role::kFinance)) return {};
            return Forbidden("NOT_FINANCE", "Only the marketplace's finance may do this.");
        case Access::kAdmin:
            if (has(call::Role::kAdmin)) return {};
            return Forbidden("NOT_ADMIN", "Only the marketplace's admin may do this.");
    }
    return {};
}

}  // namespace

void Authentication::AddAuthorities(std::set<std::string> authorities)
{
    const std::lock_guard lock{mutex_};
    options_.authorities.merge(authorities);
}

bool Authentication::IsOurs(const std::string& authority)
{
    const std::lock_guard lock{mutex_};
    return options_.authorities.contains(authority);
}

Result<Caller> Authentication::Admit(Access access, const Credentials& credentials, Time now)
{
    if (access == Access::kAnybody || access == Access::kSignedEvent) return Caller{};
    const auto pubkey = ProveKey(access, credentials, now);
    if (!pubkey) return pubkey.error();
    auto caller = WithRoles(*pubkey);
    if (!caller) return caller.error();
    if (const auto allowed = CheckRole(access, *caller); !allowed) return allowed.error();
    return caller;
}

Result<std::string> Authentication::ProveKey(Access access, const Credentials& credentials,
                                             Time now)
{
    const std::string_view shown = credentials.authorization;
    if (shown.empty()) {
        return Refused("NOT_AUTHENTICATED", "This call needs a NIP-98 event or a session token.");
    }
    if (shown.starts_with(kNostr)) return ByEvent(credentials, now);
    if (!shown.starts_with(kBearer)) {
        return Refused("AUTH_MALFORMED", "The authorisation is neither `Nostr` nor `Bearer`.");
    }
    if (access == Access::kFreshKey) {
        return Refused("AUTH_NOT_FRESH",
                       "A session is made from a NIP-98 event, not from a session.");
    }
    return ByToken(shown.substr(kBearer.size()));
}

Result<std::string> Authentication::ByEvent(const Credentials& credentials, Time now)
{
    if (!IsOurs(credentials.authority)) {
        return Refused("AUTH_WRONG_URL",
                       "This marketplace is not known by the name that was called.");
    }
    const nostr::HttpRequestToAuthorize request{
        .url = "grpc://" + credentials.authority + credentials.path,
        .method = "POST",
        .body = credentials.body};
    const auto event = nostr::VerifyHttpAuth(credentials.authorization, request, now);
    if (!event) return event.error();
    const auto first = store_.Present(event->id, kRememberPresented);
    if (!first) return first.error();
    if (!*first) return Refused("AUTH_REPLAYED", "The authorisation was presented before.");
    return event->pubkey;
}

Result<std::string> Authentication::ByToken(std::string_view token)
{
    const auto found = store_.Find(ToHex(Sha256(token)));
    if (!found) return found.error();
    if (!*found) return Refused("SESSION_EXPIRED", "The session token is unknown or has expired.");
    return **found;
}

Result<Caller> Authentication::WithRoles(const std::string& pubkey)
{
    const auto is_operator = store_.IsOperator(pubkey);
    if (!is_operator) return is_operator.error();
    Caller caller{.pubkey = pubkey, .roles = {call::Role::kCustomer}};
    if (*is_operator) caller.roles.insert(call::Role::kOperator);
    if (options_.finance.contains(pubkey)) caller.roles.insert(call::Role::kFinance);
    if (options_.admins.contains(pubkey)) caller.roles.insert(call::Role::kAdmin);
    return caller;
}

Result<v1::CreateSessionResponse> Authentication::CreateSession(const call::Call& call,
                                                                const v1::CreateSessionRequest&)
{
    const auto caller = CallerOf(call);
    if (!caller) return caller.error();
    const auto token = ToHex(RandomBytes(kTokenBytes));
    const auto expires = store_.Open(ToHex(Sha256(token)), *caller, options_.session_lifetime);
    if (!expires) return expires.error();
    v1::CreateSessionResponse response;
    response.set_token(token);
    response.set_expires_at(*expires);
    for (const auto role : call.roles) response.add_roles(std::string{call::NameOf(role)});
    return response;
}

}  // namespace berth::rpc
