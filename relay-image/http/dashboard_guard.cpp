#include "relay-image/http/dashboard_guard.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/secret.hpp"
#include "relay-image/governance/address_range.hpp"
#include "relay-image/http/basic_credentials.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr int kMaxFailures = 10;
constexpr auto kWindow = 60s;
constexpr std::size_t kMaxAddresses = 4096;
constexpr int kMaxHashing = 4;

}  // namespace

DashboardGuard::DashboardGuard(Settings settings)
    : settings_{std::move(settings)}, key_{RandomBytes(32)}
{
}

asio::awaitable<DashboardGuard::Decision> DashboardGuard::Decide(const HttpCall& call,
                                                                 Steady::time_point now)
{
    Forget(now);
    if (!IsAllowed(call.peer)) co_return Decision::kForeign;
    if (call.request.method() == http::verb::post && !IsSameSite(call)) {
        co_return Decision::kForeign;
    }
    const auto address = call.peer;
    const auto failed = failures_.find(address);
    if (failed != failures_.end() && failed->second.count >= kMaxFailures) {
        co_return Decision::kThrottled;
    }
    const auto authorization = call.Header(http::field::authorization);
    if (authorization.empty()) co_return Decision::kRefused;  // A browser asks without first.
    if (failures_.size() >= kMaxAddresses || hashing_ >= kMaxHashing) {
        co_return Decision::kThrottled;
    }
    auto password = BasicPassword(authorization);
    bool fits = false;
    if (password) fits = co_await Fits(std::move(*password));
    if (fits) co_return Decision::kAllowed;
    ++failures_.try_emplace(address, Failures{0, now}).first->second.count;
    co_return Decision::kRefused;
}

asio::awaitable<bool> DashboardGuard::Fits(std::string password)
{
    if (!settings_.password) co_return false;
    // What was right once is known again by a digest: pages are loaded every few seconds.
    const auto digest = ToHex(Sha256(key_ + password));
    if (!known_.empty() && ConstantTimeEqual(known_, digest)) co_return true;
    ++hashing_;
    const bool fits = co_await asio::co_spawn(
        pool_,
        [](const PasswordHash& hash, std::string text) -> asio::awaitable<bool> {
            co_return hash.Fits(text);
        }(*settings_.password, std::move(password)),
        asio::use_awaitable);
    --hashing_;
    if (fits) known_ = digest;
    co_return fits;
}

bool DashboardGuard::IsAllowed(const std::string& address) const
{
    if (settings_.addresses.empty()) return true;
    return std::ranges::any_of(
        RangesOf(address), [&](const auto& range) { return settings_.addresses.contains(range); });
}

void DashboardGuard::Forget(Steady::time_point now)
{
    std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.since > kWindow; });
}

bool IsSameSite(const HttpCall& call)
{
    const auto site = call.request["Sec-Fetch-Site"];
    if (!site.empty()) return site == "same-origin" || site == "none";
    const auto origin = call.Header(http::field::origin);
    if (origin.empty()) return true;
    const auto scheme = origin.find("://");
    return scheme != origin.npos && origin.substr(scheme + 3) == call.Header(http::field::host);
}

}  // namespace berth::relay
