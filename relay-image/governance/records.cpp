#include "relay-image/governance/records.hpp"

#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

namespace berth::relay {
namespace {

namespace json = boost::json;

json::object ObjectOf(const Note& note)
{
    return {{"reason", note.reason}, {"by", note.by}, {"at", note.at}, {"purge", note.purge}};
}

json::array ArrayOf(const std::set<std::string>& texts)
{
    return json::array(texts.begin(), texts.end());
}

std::string TextOf(const json::value& value, std::string_view name)
{
    return std::string{value.at(name).as_string()};
}

std::set<std::string> TextsOf(const json::value& value)
{
    return json::value_to<std::set<std::string>>(value);
}

Note NoteOf(const json::value& value)
{
    return {.reason = TextOf(value, "reason"),
            .by = TextOf(value, "by"),
            .at = value.at("at").as_int64(),
            .purge = value.at("purge").as_bool()};
}

Member MemberOf(const json::value& value)
{
    return {.note = NoteOf(value), .roles = TextsOf(value.at("roles"))};
}

Role RoleOf(const json::value& value)
{
    return {.label = TextOf(value, "label"),
            .description = TextOf(value, "description"),
            .color = TextOf(value, "color"),
            .order = value.at("order").as_int64(),
            .methods = TextsOf(value.at("methods"))};
}

Invite InviteOf(const json::value& value)
{
    return {.by = TextOf(value, "by"),
            .role = TextOf(value, "role"),
            .at = value.at("at").as_int64(),
            .expires_at = value.at("expires_at").as_int64(),
            .max_uses = value.at("max_uses").as_int64(),
            .uses = value.at("uses").as_int64()};
}

AuditLine AuditLineOf(const json::value& value)
{
    return {.at = value.at("at").as_int64(),
            .by = TextOf(value, "by"),
            .via = TextOf(value, "via"),
            .act = TextOf(value, "act"),
            .subject = TextOf(value, "subject")};
}

using Use = void (*)(Rules&, const std::string& key, const json::value& value);

struct Reader {
    std::string_view collection;
    Use use;
};

const Reader kReaders[] = {
    {collection::kBannedPubkeys,
     [](Rules& r, const auto& key, const auto& v) { r.banned_pubkeys[key] = NoteOf(v); }},
    {collection::kBannedEvents,
     [](Rules& r, const auto& key, const auto& v) { r.banned_events[key] = NoteOf(v); }},
    {collection::kAllowedEvents,
     [](Rules& r, const auto& key, const auto& v) { r.allowed_events[key] = NoteOf(v); }},
    {collection::kBlocked,
     [](Rules& r, const auto& key, const auto& v) { r.blocked[key] = NoteOf(v); }},
    {collection::kMembers,
     [](Rules& r, const auto& key, const auto& v) { r.members[key] = MemberOf(v); }},
    {collection::kRoles,
     [](Rules& r, const auto& key, const auto& v) { r.roles[key] = RoleOf(v); }},
    {collection::kInvites,
     [](Rules& r, const auto& key, const auto& v) { r.invites[key] = InviteOf(v); }},
    {collection::kGrants,
     [](Rules& r, const auto& key, const auto& v) { r.grants[key] = TextsOf(v); }},
    {collection::kKinds,
     [](Rules& r, const auto& key, const auto& v) {
         (v.as_bool() ? r.allowed_kinds : r.disallowed_kinds).insert(std::stoi(key));
     }},
    {collection::kSettings,
     [](Rules& r, const auto& key, const auto& v) { r.settings[key] = v.as_string().c_str(); }},
    {collection::kAudit,
     [](Rules& r, const auto& key, const auto& v) { r.audit[key] = AuditLineOf(v); }},
};

Result<void> Read(EventStore& store, const Reader& reader, Rules& rules)
{
    const auto records = store.LoadRecords(std::string{reader.collection});
    if (!records) return records.error();
    for (const auto& [key, text] : *records) {
        try {
            reader.use(rules, key, json::parse(text));
        } catch (const std::exception&) {  // Boost.JSON throws on another type.
            return Fail(
                ErrorCode::kInternal, "BAD_RECORD",
                "The record " + std::string{reader.collection} + "/" + key + " cannot be read.");
        }
    }
    return {};
}

}  // namespace

std::string RecordOf(const Note& note) { return json::serialize(ObjectOf(note)); }

std::string RecordOf(const Member& member)
{
    auto object = ObjectOf(member.note);
    object["roles"] = ArrayOf(member.roles);
    return json::serialize(object);
}

std::string RecordOf(const Role& role)
{
    return json::serialize(json::object{{"label", role.label},
                                        {"description", role.description},
                                        {"color", role.color},
                                        {"order", role.order},
                                        {"methods", ArrayOf(role.methods)}});
}

std::string RecordOf(const Invite& invite)
{
    return json::serialize(json::object{{"by", invite.by},
                                        {"role", invite.role},
                                        {"at", invite.at},
                                        {"expires_at", invite.expires_at},
                                        {"max_uses", invite.max_uses},
                                        {"uses", invite.uses}});
}

std::string RecordOf(const AuditLine& line)
{
    return json::serialize(json::object{{"at", line.at},
                                        {"by", line.by},
                                        {"via", line.via},
                                        {"act", line.act},
                                        {"subject", line.subject}});
}

std::string RecordOf(const std::set<std::string>& methods)
{
    return json::serialize(ArrayOf(methods));
}

std::string RecordOf(std::string_view text) { return json::serialize(json::string{text}); }

Result<Rules> LoadRules(EventStore& store)
{
    Rules rules;
    for (const auto& reader : kReaders) {
        if (const auto read = Read(store, reader, rules); !read) return read.error();
    }
    rules.loaded = true;
    return rules;
}

Result<void> ApplyEdits(EventStore& store, const std::vector<RecordEdit>& edits)
{
    for (const auto& edit : edits) {
        const std::string collection{edit.collection};
        const auto applied = edit.json ? store.PutRecord(collection, edit.key, *edit.json)
                                       : store.EraseRecord(collection, edit.key);
        if (!applied) return applied.error();
    }
    return {};
}

Result<std::string> ReadRevision(EventStore& store)
{
    const auto records = store.LoadRecords(std::string{collection::kRevision});
    if (!records) return records.error();
    return records->empty() ? std::string{} : records->front().json;
}

}  // namespace berth::relay
