#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relay-image/governance/access_policy.hpp"
#include "relay-image/governance/reports.hpp"
#include "relay-image/protocol/information.hpp"

namespace berth::relay {

/// What every page of the dashboard that changes something needs.
struct ModerationView {
    std::string token;         ///< Goes with each form, so that no other site can send one.
    std::string from;          ///< Lists begin at this key.
    std::string problem = {};  ///< Why the last change was not made.
};

/// The dashboard's pages, in the order of its menu.
enum class DashboardTab { kOverview, kContent, kPeople, kAddresses, kSettings, kLog, kExport };

/// The menu, with the page that is open marked.
std::string DashboardMenu(DashboardTab open);
/// Path of a page.
std::string_view PathOf(DashboardTab tab);

/// The bodies of the pages: lists as tables, and a form beside each thing that can be changed.
std::string ContentBody(const Rules& rules, const std::vector<Reported>& reported,
                        const ModerationView& view);
std::string PeopleBody(const Rules& rules, const ModerationView& view);
std::string AddressesBody(const Rules& rules, const ModerationView& view);
/// `profile` and `access` as they hold now.
std::string SettingsBody(const Rules& rules, const RelayProfile& profile,
                         const AccessSettings& access, const ModerationView& view);
/// What a setting that the owner may change is at the moment.
std::string CurrentSetting(std::string_view name, const Rules& rules, const RelayProfile& profile,
                           const AccessSettings& access);
std::string LogBody(const Rules& rules);

}  // namespace berth::relay
