#include "relay-image/http/moderation_html.hpp"

#include "core/base/clock.hpp"
#include "relay-image/governance/owner_settings.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/moderation_forms.hpp"
#include "relay-image/http/moderation_tables.hpp"

namespace berth::relay {
namespace {

struct Tab {
    DashboardTab tab;
    std::string_view path;
    std::string_view label;
};

constexpr Tab kTabs[] = {
    {DashboardTab::kOverview, "/dashboard", "Overview"},
    {DashboardTab::kContent, "/dashboard/content", "Content"},
    {DashboardTab::kPeople, "/dashboard/people", "People"},
    {DashboardTab::kAddresses, "/dashboard/addresses", "Addresses"},
    {DashboardTab::kSettings, "/dashboard/settings", "Settings"},
    {DashboardTab::kLog, "/dashboard/log", "Log"},
    {DashboardTab::kExport, "/dashboard/export", "Export"},
};

std::string Hidden(std::string_view name, std::string_view value)
{
    return "<input type=\"hidden\" name=\"" + Escaped(name) + "\" value=\"" + Escaped(value) +
           "\">";
}

std::string Button(std::string_view method, std::string_view field, const std::string& value,
                   std::string label, const ModerationView& view)
{
    return FormHtml({.method = method,
                     .back = DashboardTab::kContent,
                     .button = std::move(label),
                     .fields = {{.name = std::string{field}, .label = {}, .value = value}}},
                    view);
}

std::string ReportRow(const Reported& reported, const ModerationView& view)
{
    std::string reasons;
    for (const auto& reason : reported.reasons) {
        reasons += "<li>" + Escaped(reason.empty() ? "no reason given" : reason) + "</li>";
    }
    std::string acts;
    if (!reported.event_id.empty()) {
        acts = Button("banevent", "text0", reported.event_id, "Remove the event", view) +
               Button("allowevent", "text0", reported.event_id, "It is fine", view);
    }
    if (!reported.pubkey.empty()) {
        acts += Button("banpubkey", "key0", reported.pubkey, "Ban the key", view);
    }
    const bool about_event = !reported.event_id.empty();
    return "<tr><th scope=\"row\">" + std::string{about_event ? "Event " : "Key "} +
           KeyHtml(about_event ? reported.event_id : reported.pubkey) + "</th><td>" +
           std::to_string(reported.reporters.size()) + "</td><td><ul>" + reasons +
           "</ul></td><td>" + acts + "</td></tr>\n";
}

std::string ReportTable(const std::vector<Reported>& reported, const ModerationView& view)
{
    std::string rows;
    for (const auto& one : reported) rows += ReportRow(one, view);
    return TableHtml("Reported, and waiting for you", {"What", "Reports", "Reasons", "Decide"},
                     rows);
}

std::string KindList(std::string_view caption, const std::set<int>& kinds,
                     const ModerationView& view)
{
    std::string rows;
    for (const int kind : kinds) {
        const auto text = std::to_string(kind);
        rows += "<tr><th scope=\"row\">" + text + "</th><td>" +
                Button("clearkind", "int0", text, "Take off the list", view) + "</td></tr>\n";
    }
    return TableHtml(caption, {"Kind", "Change"}, rows);
}

std::string SettingHtml(const OwnerSetting& setting, const std::string& value)
{
    const std::string name{setting.name};
    const auto hint = " <small>" + Escaped(setting.help) + "</small>";
    if (setting.kind == OwnerSetting::Kind::kSwitch) {
        const std::string checked = value == "true" ? " checked" : "";
        return "<label><input type=\"checkbox\" name=\"" + name + "\"" + checked + "> " +
               Escaped(setting.label) + hint + "</label>\n";
    }
    const auto head = "<label>" + Escaped(setting.label) + hint + "<br>";
    if (setting.kind == OwnerSetting::Kind::kLongText) {
        return head + "<textarea name=\"" + name + "\" rows=\"5\">" + Escaped(value) +
               "</textarea></label>\n";
    }
    return head + "<input type=\"text\" name=\"" + name + "\" value=\"" + Escaped(value) +
           "\" autocomplete=\"off\"></label>\n";
}

}  // namespace

std::string_view PathOf(DashboardTab tab)
{
    for (const auto& known : kTabs) {
        if (known.tab == tab) return known.path;
    }
    return kTabs[0].path;
}

std::string DashboardMenu(DashboardTab open)
{
    std::string menu = "<nav aria-label=\"Dashboard\"><ul class=\"menu\">";
    for (const auto& tab : kTabs) {
        menu += "<li><a href=\"" + std::string{tab.path} + "\"" +
                (tab.tab == open ? " aria-current=\"page\"" : "") + ">" + std::string{tab.label} +
                "</a></li>";
    }
    return menu + "</ul></nav>\n";
}

std::string ContentBody(const Rules& rules, const std::vector<Reported>& reported,
                        const ModerationView& view)
{
    const NoteTable banned{"Banned events", "Event",        "unbanevent",
                           "text0",         "Lift the ban", DashboardTab::kContent};
    const NoteTable allowed{
        "Reported and found good", "Event", "unallowevent", "text0", "Look again",
        DashboardTab::kContent};
    const auto kind_form = [&](std::string_view method, std::string label) {
        return FormHtml({.method = method,
                         .back = DashboardTab::kContent,
                         .button = std::move(label),
                         .fields = {{.name = "int0", .label = "Kind", .required = true}}},
                        view);
    };
    return "<h1>Content</h1>\n" + ProblemHtml(view) + ReportTable(reported, view) +
           NoteTableHtml(banned, rules.banned_events, view) +
           FormHtml({.method = "banevent",
                     .back = DashboardTab::kContent,
                     .button = "Remove and ban an event",
                     .fields = {{.name = "text0", .label = "Event id (hex)", .required = true},
                                {.name = "text1", .label = "Reason"}}},
                    view) +
           NoteTableHtml(allowed, rules.allowed_events, view) + "<h2>Kinds</h2>\n" +
           "<p>If any kind is on the first list, only those are taken.</p>\n" +
           KindList("Kinds that are taken", rules.allowed_kinds, view) +
           kind_form("allowkind", "Take this kind") +
           KindList("Kinds that are refused", rules.disallowed_kinds, view) +
           kind_form("disallowkind", "Refuse this kind");
}

std::string AddressesBody(const Rules& rules, const ModerationView& view)
{
    const NoteTable blocked{
        "Blocked addresses and networks", "Address", "unblockip", "text0", "Unblock",
        DashboardTab::kAddresses};
    return "<h1>Addresses</h1>\n" + ProblemHtml(view) +
           NoteTableHtml(blocked, rules.blocked, view) +
           FormHtml({.method = "blockip",
                     .back = DashboardTab::kAddresses,
                     .button = "Block",
                     .fields = {{.name = "text0",
                                 .label = "Address or network",
                                 .hint = "as 192.0.2.7 or 10.0.0.0/8",
                                 .required = true},
                                {.name = "text1", .label = "Reason"}}},
                    view);
}

std::string CurrentSetting(std::string_view name, const Rules& rules, const RelayProfile& profile,
                           const AccessSettings& access)
{
    const auto text = [](bool on) -> std::string { return on ? "true" : "false"; };
    if (name == "name") return profile.name;
    if (name == "description") return profile.description;
    if (name == "icon") return profile.icon;
    if (name == "banner") return profile.banner;
    if (name == "terms_of_service") return profile.terms_of_service;
    if (name == "contact") return profile.contact;
    if (name == "auth_required") return text(access.auth_required);
    if (name == "restricted_writes") return text(access.restricted_writes);
    if (name == "restricted_reads") return text(access.restricted_reads);
    const auto set = rules.settings.find(name);
    if (set != rules.settings.end()) return set->second;
    const auto* setting = FindOwnerSetting(name);
    return setting && setting->kind == OwnerSetting::Kind::kSwitch ? "false" : "";
}

std::string SettingsBody(const Rules& rules, const RelayProfile& profile,
                         const AccessSettings& access, const ModerationView& view)
{
    std::string html = "<h1>Settings</h1>\n" + ProblemHtml(view) +
                       "<p>These hold at once and survive a restart; what you save here wins over "
                       "the relay's configuration.</p>\n"
                       "<form method=\"post\" action=\"/dashboard/settings\">" +
                       Hidden("token", view.token);
    for (const auto& setting : OwnerSettings()) {
        html += SettingHtml(setting, CurrentSetting(setting.name, rules, profile, access));
    }
    return html + "<button>Save</button></form>\n";
}

std::string LogBody(const Rules& rules)
{
    std::string rows;
    for (auto line = rules.audit.rbegin(); line != rules.audit.rend(); ++line) {
        const auto& entry = line->second;
        rows += "<tr><th scope=\"row\">" + TimeHtml(entry.at) + "</th><td>" + Escaped(entry.act) +
                "</td><td>" + Escaped(entry.subject) + "</td><td>" +
                (entry.by.empty() ? "dashboard" : KeyHtml(entry.by)) + "</td><td>" +
                Escaped(entry.via) + "</td></tr>\n";
    }
    return "<h1>Log</h1>\n" + TableHtml("What was changed, the newest first",
                                        {"Time", "Act", "What", "By", "Through"}, rows);
}

}  // namespace berth::relay
