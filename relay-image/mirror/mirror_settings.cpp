#include "relay-image/mirror/mirror_settings.hpp"

#include "core/base/strict_json.hpp"
#include "core/probe/http_client.hpp"
#include "relay-image/protocol/filter.hpp"

namespace berth::relay {
namespace {

using config::Setting;
using config::Type;

constexpr std::size_t kMaxRelays = 16;  ///< Each has a thread.

constexpr Setting kSettings[] = {
    {"relay.mirror_from", Type::kList, "", "relays whose new events are taken over"},
    {"relay.mirror_to", Type::kList, "", "relays that new events are sent on to"},
    {"relay.mirror_filter", Type::kText, "{}", "filter of what is mirrored, as in a REQ"},
    {"relay.mirror_retry", Type::kDuration, "1s", "first wait before connecting again", 1, 60000},
};

Error BadValue(std::string message)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", std::move(message));
}

Result<std::vector<std::string>> ReadAddresses(const config::Config& config, std::string_view key)
{
    auto addresses = config.List(key);
    const std::string name{key};
    if (addresses.size() > kMaxRelays) {
        return BadValue(name + " names more than " + std::to_string(kMaxRelays) + " relays.");
    }
    for (const auto& address : addresses) {
        const bool sound = address.starts_with("ws://") || address.starts_with("wss://");
        if (!sound || !probe::ParseUrl(address)) {
            return BadValue(name + ": \"" + address + "\" is no address of a relay.");
        }
    }
    return addresses;
}

}  // namespace

std::span<const Setting> DeclaredMirrorSettings() { return kSettings; }

Result<MirrorSettings> ReadMirrorSettings(const config::Config& config)
{
    const auto from = ReadAddresses(config, "relay.mirror_from");
    if (!from) return from.error();
    const auto to = ReadAddresses(config, "relay.mirror_to");
    if (!to) return to.error();
    const auto& filter = config.Text("relay.mirror_filter");
    const auto value = ParseJsonStrict(filter, {.integers_only = true});
    if (!value || !ParseFilter(*value)) return BadValue("relay.mirror_filter is no filter.");
    return MirrorSettings{.from = *from,
                          .to = *to,
                          .filter = filter,
                          .first_retry = config.Duration("relay.mirror_retry")};
}

}  // namespace berth::relay
