#include "relay-image/governance/profile.hpp"

namespace berth::relay {

RelayProfile CurrentProfile(const RelayProfile& configured, const AccessPolicy& access)
{
    auto profile = configured;
    const auto rules = access.rules();
    const auto set = [&](std::string_view name, std::string& value) {
        const auto changed = rules->settings.find(name);
        if (changed != rules->settings.end()) value = changed->second;
    };
    set("name", profile.name);
    set("description", profile.description);
    set("icon", profile.icon);
    set("banner", profile.banner);
    set("terms_of_service", profile.terms_of_service);
    set("contact", profile.contact);
    const auto current = access.Current();
    profile.auth_required = current.auth_required;
    profile.restricted_writes = current.restricted_writes;
    return profile;
}

RelayProfile WithFeesOf(const RelayProfile& current, RelayProfile fresh)
{
    fresh.fees = current.fees;
    fresh.payments_url = current.payments_url;
    return fresh;
}

}  // namespace berth::relay
