#include "relay-image/http/dashboard_guard.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kScheme = "Basic ";
constexpr int kMaxFailures = 10;
constexpr auto kWindow = 60s;
constexpr std::size_t kMaxAddresses = 4096;

}  // namespace

bool DashboardGuard::Matches(std::string_view authorization) const
{
    if (password_.empty() || !authorization.starts_with(kScheme)) return false;
    const auto credentials = FromBase64(authorization.substr(kScheme.size()));
    const auto colon = credentials ? credentials->find(':') : std::string::npos;
    if (colon == std::string::npos) return false;
    // Digests have one length, so that the time tells nothing about the password's.
    return ConstantTimeEqual(ToHex(Sha256(std::string_view{*credentials}.substr(colon + 1))),
                             ToHex(Sha256(password_.Expose())));
}

DashboardGuard::Decision DashboardGuard::Decide(std::string_view authorization,
                                                const std::string& address, Steady::time_point now)
{
    Forget(now);
    const auto known = failures_.find(address);
    if (known != failures_.end() && known->second.count >= kMaxFailures)
        return Decision::kThrottled;
    if (Matches(authorization)) return Decision::kAllowed;
    if (authorization.empty()) return Decision::kRefused;  // A browser asks without first.
    if (failures_.size() >= kMaxAddresses) return Decision::kThrottled;
    auto& failures = failures_.try_emplace(address, Failures{0, now}).first->second;
    ++failures.count;
    return Decision::kRefused;
}

void DashboardGuard::Forget(Steady::time_point now)
{
    std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.since > kWindow; });
}

}  // namespace berth::relay
