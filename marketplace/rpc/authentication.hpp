#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "berth/v1/finance_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/rpc/method.hpp"
#include "marketplace/rpc/session_store.hpp"

namespace berth::rpc {

/// What a caller showed of himself, and what for.
struct Credentials {
    std::string authorization;  ///< `Nostr <base64 event>` or `Bearer <token>`; empty for nothing.
    std::string authority;      ///< Host and port that he believes to talk to.
    std::string path;           ///< `/berth.v1.OrderService/GetOrder`.
    std::string_view body;      ///< The request's bytes.
};

/// Whom it turned out to be.
struct Caller {
    std::string pubkey;
    std::set<call::Role> roles;
};

/// Finds out who calls. A NIP-98 event opens one call once: its `u` is `grpc://<authority><path>`,
/// and the authority has to be one of ours. Keys that the configuration names are admin or finance;
/// an operator is one by the database. Thread-safe; blocks on the database.
class Authentication {
public:
    struct Options {
        std::set<std::string> admins;       ///< Public keys, hex.
        std::set<std::string> finance;      ///< Public keys, hex.
        std::set<std::string> authorities;  ///< `host:port` by which callers may know us.
        std::chrono::seconds session_lifetime{3600};
    };

    Authentication(SessionStore& store, Options options)
        : store_{store}, options_{std::move(options)}
    {
    }

    /// Further names by which callers may know us: what is known before serving is an option.
    void AddAuthorities(std::set<std::string> authorities);

    /// Checks credentials against what a method asks for.
    /// Errors: kUnauthenticated `NOT_AUTHENTICATED`, `AUTH_REPLAYED`, `AUTH_WRONG_URL`,
    /// `SESSION_EXPIRED`, `AUTH_NOT_FRESH` and those of VerifyHttpAuth; kForbidden
    /// `NOT_AN_OPERATOR`, `NOT_FINANCE`, `NOT_ADMIN`.
    Result<Caller> Admit(Access access, const Credentials& credentials, Time now);

    /// Makes a session of the caller's: 256 random bits, of which only the hash is kept.
    Result<v1::CreateSessionResponse> CreateSession(const call::Call& call,
                                                    const v1::CreateSessionRequest& request);

private:
    Result<std::string> ProveKey(Access access, const Credentials& credentials, Time now);
    Result<std::string> ByEvent(const Credentials& credentials, Time now);
    Result<std::string> ByToken(std::string_view token);
    Result<Caller> WithRoles(const std::string& pubkey);

    bool IsOurs(const std::string& authority);

    SessionStore& store_;
    std::mutex mutex_;
    Options options_;  ///< Its authorities are guarded by mutex_; the rest never changes.
};

}  // namespace berth::rpc
