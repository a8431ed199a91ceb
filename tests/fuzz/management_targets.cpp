#include "tests/fuzz/management_targets.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "core/base/assert.hpp"
#include "core/base/strict_json.hpp"
#include "relay-image/governance/management.hpp"
#include "relay-image/http/form.hpp"
#include "relay-image/transport/utf8.hpp"
#include "tests/fuzz/memory_records.hpp"
#include "tests/fuzz/take_line.hpp"

namespace berth::relay::fuzz {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr int kMostCalls = 40;
const std::string kOwner(64, 'a');
const std::string kModerator(64, 'b');
const std::string kSomebody(64, 'c');
const std::set<std::string> kPowers{"allowpubkey", "assignmethod", "assignrole",
                                    "banpubkey",   "createclaim",  "createrole",
                                    "editrole",    "deleterole",   "unallowpubkey"};

Actor ActorOf(char letter)
{
    const bool is_owner = letter == 'o';
    const auto& other = letter == 'm' ? kModerator : kSomebody;
    return {.pubkey = is_owner ? kOwner : other, .via = "nip86", .is_owner = is_owner};
}

Rules WithModerator()
{
    Rules rules;
    rules.loaded = true;
    rules.members[kModerator] = {};
    rules.grants[kModerator] = kPowers;
    return rules;
}

bool AreSame(const Rules& a, const Rules& b)
{
    return a.banned_pubkeys == b.banned_pubkeys && a.banned_events == b.banned_events &&
           a.allowed_events == b.allowed_events && a.blocked == b.blocked &&
           a.members == b.members && a.roles == b.roles && a.invites == b.invites &&
           a.grants == b.grants && a.allowed_kinds == b.allowed_kinds &&
           a.disallowed_kinds == b.disallowed_kinds && a.settings == b.settings &&
           a.audit == b.audit;
}

std::set<std::string> KeysIn(const Rules& rules)
{
    std::set<std::string> keys;
    for (const auto& [key, member] : rules.members) keys.insert(key);
    for (const auto& [key, methods] : rules.grants) keys.insert(key);
    return keys;
}

/// Nobody gives powers that he does not have himself.
void CheckPowers(const Rules& before, const Rules& after, const Actor& actor)
{
    BERTH_ASSERT(!after.banned_pubkeys.contains(kOwner));
    if (actor.is_owner) return;
    const auto own = before.PowersOf(actor.pubkey);
    for (const auto& key : KeysIn(after)) {
        const auto had = before.PowersOf(key);
        for (const auto& power : after.PowersOf(key)) {
            BERTH_ASSERT(had.contains(power) || own.contains(power));
        }
    }
}

void Call(std::string_view line, Rules& rules, MemoryRecords& store, const AccessPolicy& access)
{
    const auto actor = ActorOf(line.front());
    auto call = ParseManagementCall(line.substr(1));
    if (!call) return;
    Amendment amendment{rules, access, actor, kNow};
    const auto result = ActOf(std::move(*call))(amendment, store);
    if (!result) return;
    constexpr JsonLimits kAny{.bytes = std::size_t{1} << 26};
    BERTH_ASSERT(ParseJsonStrict(boost::json::serialize(*result), kAny));
    CheckPowers(rules, amendment.rules(), actor);
    BERTH_ASSERT(actor.pubkey != kSomebody || amendment.edits().empty() ||
                 !rules.PowersOf(kSomebody).empty());
    BERTH_ASSERT(ApplyEdits(store, amendment.edits()));
    rules = amendment.rules();
    const auto loaded = LoadRules(store);
    BERTH_ASSERT(loaded && AreSame(*loaded, rules));
}

}  // namespace

void CallManagement(std::string_view bytes)
{
    const AccessPolicy access{AccessSettings{.owner = kOwner, .writers = {}}};
    auto rules = WithModerator();
    MemoryRecords store;
    const std::vector<RecordEdit> first{
        {collection::kMembers, kModerator, RecordOf(rules.members[kModerator])},
        {collection::kGrants, kModerator, RecordOf(kPowers)}};
    BERTH_ASSERT(ApplyEdits(store, first));
    for (int i = 0; i < kMostCalls && !bytes.empty(); ++i) {
        const auto line = TakeLine(bytes);
        if (!line.empty()) Call(line, rules, store, access);
    }
}

void ReadForm(std::string_view bytes)
{
    const auto form = Form::Parse(bytes);
    if (!form) return;
    for (const auto& [name, value] : form->fields()) {
        BERTH_ASSERT(IsUtf8(name) && IsUtf8(value));
        BERTH_ASSERT(name.size() + value.size() <= bytes.size());
    }
}

}  // namespace berth::relay::fuzz
