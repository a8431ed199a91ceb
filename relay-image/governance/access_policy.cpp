#include "relay-image/governance/access_policy.hpp"

#include <algorithm>

#include "relay-image/protocol/admission.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

/// A switch that the owner may have set while the relay ran.
bool SwitchOf(const Rules& rules, std::string_view name, bool configured)
{
    const auto set = rules.settings.find(name);
    return set == rules.settings.end() ? configured : set->second == "true";
}

bool IsBanned(const Rules& rules, const Authenticated& keys)
{
    return std::ranges::any_of(keys,
                               [&](const auto& key) { return rules.banned_pubkeys.contains(key); });
}

}  // namespace

AccessPolicy::AccessPolicy(AccessSettings settings) : configured_{std::move(settings)}
{
    Rules open;
    open.loaded = true;
    Adopt(std::make_shared<const Rules>(std::move(open)));
}

void AccessPolicy::Adopt(std::shared_ptr<const Rules> rules)
{
    auto state = std::make_shared<State>(State{configured_, std::move(rules)});
    auto& settings = state->settings;
    const auto set = [&](std::string_view name, bool& value) {
        value = SwitchOf(*state->rules, name, value);
    };
    set("auth_required", settings.auth_required);
    set("restricted_writes", settings.restricted_writes);
    set("restricted_reads", settings.restricted_reads);
    state_.store(std::move(state));
}

std::shared_ptr<const Rules> AccessPolicy::rules() const { return state_.load()->rules; }

AccessSettings AccessPolicy::Current() const { return state_.load()->settings; }

std::string AccessPolicy::WhyNotPublish(const nostr::Event& event, const Authenticated& keys) const
{
    const auto state = state_.load();
    if (!state->rules->loaded) return "error: the relay is starting; send it again";
    if (state->settings.auth_required && keys.empty()) {
        return "auth-required: authenticate to publish here";
    }
    if (event.kind == kVanishKind) return {};  // Whoever wants to vanish may (NIP-62).
    if (IsBanned(*state->rules, keys)) return "blocked: this key is banned here";
    if (event.kind == kInviteKind) return "blocked: only the relay makes invites";
    const bool asks_the_relay = event.kind == kJoinKind || event.kind == kLeaveKind;
    if (state->settings.restricted_writes && !asks_the_relay && !IsMember(*state, event.pubkey)) {
        return "restricted: this relay takes events of its members only";
    }
    if (IsProtected(event) && !keys.contains(event.pubkey)) {
        return keys.empty() ? "auth-required: only its author may publish a protected event"
                            : "restricted: only its author may publish a protected event";
    }
    if (asks_the_relay && !state->rules->banned_pubkeys.contains(event.pubkey)) return {};
    return state->rules->WhyNotStore(event.id, event.pubkey, event.kind);
}

std::string AccessPolicy::WhyNotStore(const nostr::Event& event) const
{
    return rules()->WhyNotStore(event.id, event.pubkey, event.kind);
}

std::string AccessPolicy::WhyNotRead(const Authenticated& keys) const
{
    const auto state = state_.load();
    const bool closed = state->settings.auth_required || state->settings.restricted_reads;
    if (closed && keys.empty()) return "auth-required: authenticate to read here";
    if (IsBanned(*state->rules, keys)) return "restricted: this key is banned here";
    const bool member =
        std::ranges::any_of(keys, [&](const auto& key) { return IsMember(*state, key); });
    if (state->settings.restricted_reads && !member) {
        return "restricted: this relay serves its members only";
    }
    return {};
}

std::string AccessPolicy::WhyNotKnow(std::string_view pubkey) const
{
    return rules()->banned_pubkeys.contains(pubkey) ? "restricted: this key is banned here" : "";
}

std::string AccessPolicy::WhyNotConnect(std::string_view address) const
{
    return rules()->IsBlocked(address) ? "blocked: this address is blocked here" : "";
}

bool AccessPolicy::IsOwner(std::string_view pubkey) const
{
    return !configured_.owner.empty() && configured_.owner == pubkey;
}

bool AccessPolicy::HasPowers(std::string_view pubkey) const
{
    return IsOwner(pubkey) || !rules()->PowersOf(pubkey).empty();
}

bool AccessPolicy::IsMember(std::string_view pubkey) const
{
    return IsMember(*state_.load(), pubkey);
}

bool AccessPolicy::IsMember(const State& state, std::string_view pubkey) const
{
    return IsOwner(pubkey) || configured_.writers.contains(std::string{pubkey}) ||
           state.rules->members.contains(pubkey);
}

}  // namespace berth::relay
