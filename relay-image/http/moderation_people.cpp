#include "relay-image/governance/method_names.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/moderation_forms.hpp"
#include "relay-image/http/moderation_tables.hpp"

namespace berth::relay {
namespace {

constexpr auto kBack = DashboardTab::kPeople;

FormField Hidden(const char* name, const std::string& value)
{
    return {.name = name, .label = {}, .value = value};
}

std::string Button(std::string_view method, std::vector<FormField> fields, std::string label,
                   const ModerationView& view)
{
    return FormHtml(
        {.method = method, .back = kBack, .button = std::move(label), .fields = std::move(fields)},
        view);
}

std::string Joined(const std::set<std::string>& texts)
{
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

std::string MemberRow(const std::string& pubkey, const Member& member, const ModerationView& view)
{
    std::string roles;
    for (const auto& id : member.roles) {
        roles += Button("unassignrole", {Hidden("key0", pubkey), Hidden("text1", id)},
                        "Take " + id + " away", view);
    }
    return "<tr><th scope=\"row\">" + KeyHtml(pubkey) + "</th><td>" + Escaped(member.note.reason) +
           "</td><td>" + TimeHtml(member.note.at) + "</td><td>" + roles + "</td><td>" +
           Button("unallowpubkey", {Hidden("key0", pubkey)}, "End membership", view) +
           "</td></tr>\n";
}

std::string Members(const Rules& rules, const ModerationView& view)
{
    std::string rows;
    std::size_t shown = 0;
    auto member = rules.members.lower_bound(view.from);
    for (; member != rules.members.end() && shown < kRowsShown; ++member, ++shown) {
        rows += MemberRow(member->first, member->second, view);
    }
    auto html = TableHtml("Members", {"Key", "Reason", "Since", "Roles", "Change"}, rows);
    if (member != rules.members.end()) html += MoreHtml(PathOf(kBack), member->first);
    return html + Button("allowpubkey",
                         {{.name = "key0", .label = "Key", .hint = "hex or npub", .required = true},
                          {.name = "text1", .label = "Reason"}},
                         "Make a member", view);
}

std::string Bans(const Rules& rules, const ModerationView& view)
{
    const NoteTable banned{"Banned keys", "Key", "unbanpubkey", "key0", "Lift the ban", kBack};
    return NoteTableHtml(banned, rules.banned_pubkeys, view) +
           Button("banpubkey",
                  {{.name = "key0", .label = "Key", .hint = "hex or npub", .required = true},
                   {.name = "text1", .label = "Reason"},
                   {.name = "flag2", .label = "Remove its events"}},
                  "Ban", view);
}

/// A box for each method, those of `held` ticked.
std::string MethodBoxes(const std::set<std::string>& held)
{
    std::string html =
        "<fieldset><legend>May call</legend><input type=\"hidden\" name=\"item5\" value=\"\">";
    for (const auto name : MethodNames()) {
        const std::string method{name};
        html += "<label><input type=\"checkbox\" name=\"item5\" value=\"" + method + "\"" +
                (held.contains(method) ? " checked" : "") + "> " + method + "</label>\n";
    }
    return html + "</fieldset>\n";
}

std::string RoleForm(std::string_view method, const std::string& id, const Role& role,
                     const ModerationView& view)
{
    const bool is_new = id.empty();
    FormField name{.name = "text0", .label = is_new ? "Id" : "", .value = id, .required = true};
    return FormHtml(
        {.method = method,
         .back = kBack,
         .button = is_new ? "Make the role" : "Save the role",
         .fields =
             {name,
              {.name = "text1", .label = "Label", .value = role.label},
              {.name = "text2", .label = "Description", .value = role.description},
              {.name = "text3", .label = "Color", .value = role.color, .hint = "a hue, 0 to 360"},
              {.name = "int4", .label = "Order", .value = std::to_string(role.order)}},
         .extra = MethodBoxes(role.methods)},
        view);
}

std::string Roles(const Rules& rules, const ModerationView& view)
{
    std::string html = "<h2>Roles</h2>\n";
    for (const auto& [id, role] : rules.roles) {
        html += "<details><summary>" + Escaped(id) + ": " + Escaped(role.label) + " (" +
                Escaped(role.methods.empty() ? "no powers" : Joined(role.methods)) +
                ")</summary>\n" + RoleForm("editrole", id, role, view) +
                Button("deleterole", {Hidden("text0", id)}, "Delete the role", view) +
                "</details>\n";
    }
    html += "<details><summary>New role</summary>\n" + RoleForm("createrole", "", {}, view) +
            "</details>\n";
    return html + Button("assignrole",
                         {{.name = "key0", .label = "Key", .hint = "hex or npub", .required = true},
                          {.name = "text1", .label = "Role's id", .required = true}},
                         "Give the role", view);
}

std::string Grants(const Rules& rules, const ModerationView& view)
{
    std::string rows;
    for (const auto& [pubkey, methods] : rules.grants) {
        std::string buttons;
        for (const auto& method : methods) {
            buttons += Button("unassignmethod", {Hidden("key0", pubkey), Hidden("text1", method)},
                              "Take " + method + " away", view);
        }
        rows += "<tr><th scope=\"row\">" + KeyHtml(pubkey) + "</th><td>" + buttons + "</td></tr>\n";
    }
    return TableHtml("Single powers", {"Key", "Change"}, rows) +
           Button("assignmethod",
                  {{.name = "key0", .label = "Key", .hint = "hex or npub", .required = true},
                   {.name = "text1", .label = "Method", .required = true}},
                  "Give the power", view);
}

std::string Invites(const Rules& rules, const ModerationView& view)
{
    std::string rows;
    for (const auto& [code, invite] : rules.invites) {
        rows += "<tr><th scope=\"row\"><code>" + Escaped(code) + "</code></th><td>" +
                Escaped(invite.role) + "</td><td>" + std::to_string(invite.uses) + " of " +
                std::to_string(invite.max_uses) + "</td><td>" + TimeHtml(invite.expires_at) +
                "</td><td>" + Button("deleteclaim", {Hidden("text0", code)}, "Delete", view) +
                "</td></tr>\n";
    }
    return TableHtml("Invites", {"Code", "Role", "Used", "Ends", "Change"}, rows) +
           Button("createclaim",
                  {{.name = "text0", .label = "Code", .hint = "empty for a random one"},
                   {.name = "text1", .label = "Role's id", .hint = "may be empty"},
                   {.name = "int2", .label = "Uses", .value = "1"},
                   {.name = "int3", .label = "Seconds until it ends", .value = "604800"}},
                  "Make an invite", view);
}

}  // namespace

std::string PeopleBody(const Rules& rules, const ModerationView& view)
{
    return "<h1>People</h1>\n" + ProblemHtml(view) + Members(rules, view) + Invites(rules, view) +
           Bans(rules, view) + Roles(rules, view) + Grants(rules, view);
}

}  // namespace berth::relay
