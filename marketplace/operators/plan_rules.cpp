#include "marketplace/operators/plan_rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/encoding.hpp"

namespace berth::operators {
namespace {

constexpr std::int64_t kUsdMicrosMax = 1'000'000'000'000;  // A million dollars.
constexpr std::int64_t kBps = 10'000;
constexpr std::int64_t kGraceSecondsMax = 90 * 86'400;
constexpr std::size_t kTitleMax = 100;
constexpr std::size_t kImageMax = 255;
constexpr std::size_t kZoneMax = 200;
constexpr std::string_view kPlans = "plans/";

/// A number of a plan and the range that it has to be in.
struct Bounded {
    std::string_view field;
    std::int64_t value;
    std::int64_t least;
    std::int64_t most;
};

Error BadPlan(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_PLAN", std::move(message));
}

bool IsLowerAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsLabel(std::string_view text, std::size_t most)
{
    return !text.empty() && text.size() <= most && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return IsLowerAlphanumeric(c) || c == '-'; });
}

/// Labels joined by dots, at least two.
bool IsZone(std::string_view zone)
{
    if (zone.size() > kZoneMax || zone.find('.') == zone.npos) return false;
    while (true) {
        const auto dot = zone.find('.');
        if (!IsLabel(zone.substr(0, dot), 63)) return false;
        if (dot == zone.npos) return true;
        zone.remove_prefix(dot + 1);
    }
}

bool IsImageText(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return IsLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z') ||
               std::string_view{"._-/:"}.find(c) != std::string_view::npos;
    });
}

bool IsStorageClass(std::string_view name)
{
    return name.empty() || name == "beta1" || name == "beta2" || name == "beta3";
}

Result<void> CheckTexts(const v1::Plan& plan)
{
    if (const auto id = PlanId(plan.name()); !id) return id.error();
    if (plan.title().empty() || plan.title().size() > kTitleMax) {
        return BadPlan("title: a plan has a title of at most 100 bytes.");
    }
    if (!IsPinnedImage(plan.image())) {
        return BadPlan("image: pinned by digest or version, never `latest`.");
    }
    if (!IsPinnedImage(plan.postgres_image())) {
        return BadPlan("postgres_image: pinned by digest or version, never `latest`.");
    }
    if (!IsStorageClass(plan.resources().storage_class())) {
        return BadPlan("resources.storage_class: beta1, beta2, beta3 or nothing.");
    }
    if (!IsZone(plan.edge_zone())) return BadPlan("edge_zone: not the name of a zone.");
    return {};
}

Result<void> CheckNumbers(const v1::Plan& plan)
{
    const auto& limits = plan.limits();
    const auto& compute = plan.resources();
    const auto numbers = std::to_array<Bounded>({
        {"setup_usd_micros", plan.setup_usd_micros(), 0, kUsdMicrosMax},
        {"monthly_usd_micros", plan.monthly_usd_micros(), 1, kUsdMicrosMax},
        {"ceiling_lease_usd_micros", plan.ceiling_lease_usd_micros(), 1, plan.monthly_usd_micros()},
        {"margin_floor_bps", plan.margin_floor_bps(), 0, kBps - 1},
        {"marketplace_fee_bps", plan.marketplace_fee_bps(), 0, kBps - 1},
        {"grace_seconds", plan.grace_seconds(), 0, kGraceSecondsMax},
        {"resources.cpu_millis", compute.cpu_millis(), 10, 256'000},
        {"resources.memory_bytes", compute.memory_bytes(), 64LL << 20, 1LL << 40},
        {"resources.storage_bytes", compute.storage_bytes(), 64LL << 20, 1LL << 45},
        {"limits.max_message_bytes", limits.max_message_bytes(), 1024, 16 << 20},
        {"limits.max_subscriptions", limits.max_subscriptions(), 1, 10'000},
        {"limits.max_filters", limits.max_filters(), 1, 1'000},
        {"limits.max_limit", limits.max_limit(), 1, 100'000},
    });
    for (const auto& number : numbers) {
        if (number.value >= number.least && number.value <= number.most) continue;
        return BadPlan(std::string{number.field} + ": from " + std::to_string(number.least) +
                       " to " + std::to_string(number.most) + ".");
    }
    return {};
}

}  // namespace

bool IsPinnedImage(std::string_view image)
{
    if (image.size() > kImageMax) return false;
    if (const auto at = image.find('@'); at != image.npos) {
        constexpr std::string_view kAlgorithm = "sha256:";
        const auto digest = image.substr(at + 1);
        return IsImageText(image.substr(0, at)) && digest.starts_with(kAlgorithm) &&
               IsLowerHex(digest.substr(kAlgorithm.size()), 64);
    }
    const auto colon = image.rfind(':');
    if (colon == image.npos || colon == 0 || !IsImageText(image)) return false;
    const auto tag = image.substr(colon + 1);
    return !tag.empty() && tag != "latest" && tag.find('/') == tag.npos;  // Else a port of a host.
}

Result<void> CheckPlan(const v1::Plan& plan, std::int64_t fee_least_bps)
{
    if (const auto texts = CheckTexts(plan); !texts) return texts.error();
    if (const auto numbers = CheckNumbers(plan); !numbers) return numbers.error();
    if (plan.marketplace_fee_bps() < fee_least_bps) {
        return BadPlan("marketplace_fee_bps: at least " + std::to_string(fee_least_bps) + ".");
    }
    if (plan.marketplace_fee_bps() + plan.margin_floor_bps() > kBps) {
        return BadPlan("margin_floor_bps: floor and fee leave nothing for a lease.");
    }
    return {};
}

Result<std::string> PlanId(std::string_view name)
{
    if (!name.starts_with(kPlans) || !IsLabel(name.substr(kPlans.size()), 40)) {
        return BadPlan("name: `plans/` and at most 40 of a-z, 0-9 and hyphens.");
    }
    return std::string{name.substr(kPlans.size())};
}

}  // namespace berth::operators
