#include "marketplace/call/call.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::call {
namespace {

constexpr int kLargestPage = 200;
constexpr std::size_t kSealBytes = 8;
constexpr std::size_t kTokenMax = 1024;

/// Ties a position to the arguments of the list that it belongs to.
std::string Seal(std::string_view after, std::string_view arguments)
{
    std::string text{"berth-page:1:"};
    text.append(std::to_string(after.size())).append(":").append(after).append(arguments);
    const auto digest = Sha256(text);
    return {digest.begin(), digest.begin() + kSealBytes};
}

}  // namespace

std::string_view NameOf(Role role)
{
    switch (role) {
        case Role::kCustomer: return "customer";
        case Role::kOperator: return "operator";
        case Role::kFinance: return "finance";
        case Role::kAdmin: return "admin";
    }
    return "unknown";
}

Result<std::string> CallerOf(const Call& call)
{
    if (call.caller.empty()) {
        return Fail(ErrorCode::kUnauthenticated, "NOT_AUTHENTICATED",
                    "This call needs a NIP-98 event or a session token.");
    }
    return call.caller;
}

Result<void> Require(const Call& call, Role role)
{
    if (const auto caller = CallerOf(call); !caller) return caller.error();
    if (call.Has(role)) return {};
    return Fail(ErrorCode::kForbidden, "ROLE_MISSING",
                "The caller's key is not registered as " + std::string{NameOf(role)} + ".");
}

Result<Page> ReadPage(int page_size, const std::string& page_token, std::string_view arguments)
{
    if (page_size < 0) {
        return Fail(ErrorCode::kInvalid, "BAD_PAGE_SIZE", "A page size is not negative.");
    }
    Page page;
    if (page_size > 0) page.size = std::min(page_size, kLargestPage);
    if (page_token.empty()) return page;
    const auto bytes = page_token.size() <= kTokenMax ? FromBase64(page_token) : std::nullopt;
    if (bytes && bytes->size() > kSealBytes) page.after = bytes->substr(kSealBytes);
    if (!bytes || page.after.empty() ||
        bytes->substr(0, kSealBytes) != Seal(page.after, arguments)) {
        return Fail(ErrorCode::kInvalid, "BAD_PAGE_TOKEN",
                    "The page token is not from a list with these arguments.");
    }
    return page;
}

std::string MakePageToken(const std::string& after, std::string_view arguments)
{
    if (after.empty()) return {};
    return ToBase64(Seal(after, arguments) + after);
}

}  // namespace berth::call
