#include "relay-image/governance/owner_settings.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using Kind = OwnerSetting::Kind;

constexpr OwnerSetting kSettings[] = {
    {"name", Kind::kText, 100, "Name", "Shown to clients; fewer than 30 characters fit anywhere."},
    {"description", Kind::kLongText, 5000, "Description", "What the relay is for."},
    {"icon", Kind::kAddress, 1000, "Picture", "https:// address of a square picture."},
    {"banner", Kind::kAddress, 1000, "Banner", "https:// address of a wide picture."},
    {"contact", Kind::kText, 500, "Contact", "An address such as mailto:you@example.org."},
    {"posting_policy", Kind::kLongText, 10000, "Rules", "Shown on the relay's own page."},
    {"terms_of_service", Kind::kAddress, 1000, "Terms of service", "https:// address of them."},
    {"auth_required", Kind::kSwitch, 5, "Ask everybody to authenticate",
     "Nothing is served to a client before it proved a key (NIP-42)."},
    {"restricted_writes", Kind::kSwitch, 5, "Only members publish", "Others can still read."},
    {"restricted_reads", Kind::kSwitch, 5, "Only members read", "Others see nothing stored here."},
    {"members_may_invite", Kind::kSwitch, 5, "Members may invite",
     "A member's client can ask the relay for an invite (NIP-43)."},
    {"ban_removes_events", Kind::kSwitch, 5, "A ban removes the key's events",
     "Unless the ban itself says otherwise."},
};

}  // namespace

std::span<const OwnerSetting> OwnerSettings() { return kSettings; }

const OwnerSetting* FindOwnerSetting(std::string_view name)
{
    const auto* found = std::ranges::find(kSettings, name, &OwnerSetting::name);
    return found == std::end(kSettings) ? nullptr : found;
}

Result<void> CheckOwnerSetting(const OwnerSetting& setting, std::string_view value)
{
    const auto refuse = [&](const std::string& why) {
        return Fail(ErrorCode::kInvalid, "BAD_SETTING", std::string{setting.label} + ": " + why);
    };
    if (value.size() > setting.most) {
        return refuse("at most " + std::to_string(setting.most) + " bytes.");
    }
    if (!IsPlainText(value)) return refuse("control characters are not allowed.");
    if (setting.kind == Kind::kSwitch && value != "true" && value != "false") {
        return refuse("it is `true` or `false`.");
    }
    if (setting.kind == Kind::kAddress && !value.empty() && !value.starts_with("https://")) {
        return refuse("it begins with https://.");
    }
    return {};
}

bool IsPlainText(std::string_view text)
{
    return std::ranges::none_of(text, [](unsigned char c) {
        return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
    });
}

}  // namespace berth::relay
