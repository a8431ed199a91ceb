#include "relay-image/governance/method_names.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

constexpr std::string_view kNames[] = {
    "banpubkey", "unbanpubkey", "listbannedpubkeys", "allowpubkey", "unallowpubkey",
    "listallowedpubkeys", "createrole", "editrole", "deleterole", "assignrole", "unassignrole",
    "assignmethod", "unassignmethod", "listmethodassignees", "listeventsneedingmoderation",
    "allowevent", "unallowevent", "banevent", "unbanevent", "listbannedevents", "listallowedevents",
    "changerelayname", "changerelaydescription", "changerelayicon", "allowkind", "disallowkind",
    "listallowedkinds", "listdisallowedkinds", "blockip", "unblockip", "listblockedips",
    "listclaims", "createclaim", "deleteclaim",
    // Beyond the text of the NIP.
    "listroles", "clearkind", "listaudit"};

}  // namespace

std::span<const std::string_view> MethodNames() { return kNames; }

bool IsMethodName(std::string_view name) { return std::ranges::count(kNames, name) != 0; }

}  // namespace berth::relay
