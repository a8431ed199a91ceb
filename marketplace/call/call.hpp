#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::call {

/// What a key may do, beside what everybody may.
enum class Role { kCustomer, kOperator, kFinance, kAdmin };

/// As CreateSession says it: `customer`, `operator`, `finance`, `admin`.
std::string_view NameOf(Role role);

/// Who calls, and within which time: all that a handler knows of the transport. Handlers are
/// functions (Call, Request) → Result<Response>.
struct Call {
    std::string caller;  ///< Public key that was proven, hex; empty for nobody.
    std::set<Role> roles;
    Time now;
    Deadline deadline = Deadline::max();
    std::string trace;

    bool Has(Role role) const { return roles.contains(role); }
};

/// How a handler that waits for a group commit answers; called once, on any thread.
template <typename Response>
using Answer = std::function<void(Result<Response>)>;

/// The caller, or kUnauthenticated `NOT_AUTHENTICATED`.
Result<std::string> CallerOf(const Call& call);
/// Errors: kUnauthenticated `NOT_AUTHENTICATED`; kForbidden `ROLE_MISSING`.
Result<void> Require(const Call& call, Role role);

/// A page as every list takes it: size coerced to 1..limit; the token is opaque to callers.
struct Page {
    int size = 50;
    std::string after;  ///< Empty for the first page.
};
/// Errors: kInvalid `BAD_PAGE_SIZE`, `BAD_PAGE_TOKEN` (not one of ours, or of other arguments).
Result<Page> ReadPage(int page_size, const std::string& page_token, std::string_view arguments);
std::string MakePageToken(const std::string& after, std::string_view arguments);

}  // namespace berth::call
