#include <boost/json/object.hpp>

#include "relay-image/governance/management_methods.hpp"
#include "relay-image/governance/reports.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using Answer = Result<json::value>;

json::value NotesOf(const Notes& notes, const char* name)
{
    json::array list;
    for (const auto& [subject, note] : notes) {
        list.push_back(json::object{{name, subject}, {"reason", note.reason}});
    }
    return list;
}

json::array TextsOf(const std::set<std::string>& texts)
{
    return json::array(texts.begin(), texts.end());
}

json::value KindsOf(const std::set<int>& kinds) { return json::array(kinds.begin(), kinds.end()); }

Answer ListMembers(Amendment& amendment, EventStore&, const Parameters&)
{
    json::array list;
    for (const auto& [pubkey, member] : amendment.rules().members) {
        list.push_back(json::object{
            {"pubkey", pubkey}, {"reason", member.note.reason}, {"roles", TextsOf(member.roles)}});
    }
    return json::value(list);
}

Answer ListRoles(Amendment& amendment, EventStore&, const Parameters&)
{
    json::array list;
    for (const auto& [id, role] : amendment.rules().roles) {
        list.push_back(json::object{{"id", id},
                                    {"label", role.label},
                                    {"description", role.description},
                                    {"color", role.color},
                                    {"order", role.order},
                                    {"methods", TextsOf(role.methods)}});
    }
    return json::value(list);
}

Answer ListAssignees(Amendment& amendment, EventStore&, const Parameters&)
{
    json::array list;
    for (const auto& [pubkey, methods] : amendment.rules().grants) {
        list.push_back(json::object{{"pubkey", pubkey}, {"methods", TextsOf(methods)}});
    }
    return json::value(list);
}

Answer ListReported(Amendment& amendment, EventStore& store, const Parameters&)
{
    const auto reported = CollectReports(store, amendment.rules(), amendment.now());
    if (!reported) return reported.error();
    json::array list;
    for (const auto& one : *reported) {
        if (one.event_id.empty()) continue;  // About a key; the NIP's answer has events only.
        list.push_back(json::object{{"id", one.event_id}, {"reason", one.reasons.front()}});
    }
    return json::value(list);
}

Answer ListInvites(Amendment& amendment, EventStore&, const Parameters&)
{
    json::array list;
    for (const auto& [code, invite] : amendment.rules().invites) {
        list.push_back(json::object{{"claim", code},
                                    {"role", invite.role},
                                    {"created_by", invite.by},
                                    {"created_at", invite.at},
                                    {"expires_at", invite.expires_at},
                                    {"max_uses", invite.max_uses},
                                    {"uses", invite.uses}});
    }
    return json::value(list);
}

Answer ListAudit(Amendment& amendment, EventStore&, const Parameters&)
{
    json::array list;
    for (auto line = amendment.rules().audit.rbegin(); line != amendment.rules().audit.rend();
         ++line) {
        list.push_back(json::object{{"at", line->second.at},
                                    {"by", line->second.by},
                                    {"via", line->second.via},
                                    {"act", line->second.act},
                                    {"subject", line->second.subject}});
    }
    return json::value(list);
}

struct Named {
    std::string_view name;
    ManagementMethod method;
};

const Named kListings[] = {
    {"listbannedpubkeys",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return NotesOf(a.rules().banned_pubkeys, "pubkey");
     }},
    {"listbannedevents",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return NotesOf(a.rules().banned_events, "id");
     }},
    {"listallowedevents",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return NotesOf(a.rules().allowed_events, "id");
     }},
    {"listblockedips",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return NotesOf(a.rules().blocked, "ip");
     }},
    {"listallowedkinds",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return KindsOf(a.rules().allowed_kinds);
     }},
    {"listdisallowedkinds",
     [](Amendment& a, EventStore&, const Parameters&) -> Answer {
         return KindsOf(a.rules().disallowed_kinds);
     }},
    {"listallowedpubkeys", ListMembers},
    {"listroles", ListRoles},
    {"listmethodassignees", ListAssignees},
    {"listeventsneedingmoderation", ListReported},
    {"listclaims", ListInvites},
    {"listaudit", ListAudit},
};

}  // namespace

ManagementMethod FindListing(std::string_view name)
{
    for (const auto& listing : kListings) {
        if (listing.name == name) return listing.method;
    }
    return nullptr;
}

}  // namespace berth::relay
