#include "relay-image/protocol/access.hpp"

#include "relay-image/protocol/admission.hpp"

namespace berth::relay {

std::string AccessPolicy::WhyNotPublish(const nostr::Event& event, const Authenticated& keys) const
{
    if (auth_required && keys.empty()) return "auth-required: authenticate to publish here";
    if (restricted_writes && !writers.contains(event.pubkey)) {
        return "restricted: this relay takes events of its members only";
    }
    if (IsProtected(event) && !keys.contains(event.pubkey)) {
        return keys.empty() ? "auth-required: only its author may publish a protected event"
                            : "restricted: only its author may publish a protected event";
    }
    return {};
}

std::string AccessPolicy::WhyNotRead(const Authenticated& keys) const
{
    return auth_required && keys.empty() ? "auth-required: authenticate to read here" : "";
}

}  // namespace berth::relay
