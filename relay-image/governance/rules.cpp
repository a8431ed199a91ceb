#include "relay-image/governance/rules.hpp"

#include <algorithm>

#include "relay-image/governance/address_range.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {

bool Rules::MayCall(std::string_view pubkey, std::string_view method) const
{
    return PowersOf(pubkey).contains(std::string{method});
}

std::set<std::string> Rules::PowersOf(std::string_view pubkey) const
{
    std::set<std::string> powers;
    if (const auto granted = grants.find(pubkey); granted != grants.end()) powers = granted->second;
    const auto member = members.find(pubkey);
    if (member == members.end()) return powers;
    for (const auto& id : member->second.roles) {
        const auto role = roles.find(id);
        if (role != roles.end()) {
            powers.insert(role->second.methods.begin(), role->second.methods.end());
        }
    }
    return powers;
}

bool Rules::IsBlocked(std::string_view address) const
{
    if (blocked.empty()) return false;
    return std::ranges::any_of(RangesOf(address),
                               [&](const auto& range) { return blocked.contains(range); });
}

std::string Rules::WhyNotStore(std::string_view id, std::string_view pubkey, int kind) const
{
    if (banned_events.contains(id)) return "blocked: this event is banned here";
    if (kind == kVanishKind) return {};  // Who wants to be forgotten is heard, banned or not.
    if (banned_pubkeys.contains(pubkey)) return "blocked: this key is banned here";
    const bool listed = allowed_kinds.empty() || allowed_kinds.contains(kind);
    if (disallowed_kinds.contains(kind) || (!listed && kind != kDeletionKind)) {
        return "blocked: events of kind " + std::to_string(kind) + " are not taken here";
    }
    return {};
}

}  // namespace berth::relay
