#include "relay-image/fanout/fanout_settings.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using config::Type;

constexpr config::Setting kSettings[] = {
    {"relay.redis.url_file", Type::kSecretFile, "",
     "file with the redis:// address by which replicas tell each other of events"},
    {"relay.redis.channel", Type::kText, "berth_relay", "of Redis, one for each database"},
};

constexpr std::size_t kMaxChannelBytes = 200;

bool IsChannel(std::string_view name)
{
    return !name.empty() && name.size() <= kMaxChannelBytes &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::span<const config::Setting> DeclaredFanoutSettings() { return kSettings; }

Result<FanoutSettings> ReadFanoutSettings(const config::Config& config, bool has_replicas)
{
    FanoutSettings settings{.redis = {}, .channel = config.Text("relay.redis.channel")};
    const auto& url = config.SecretOf("relay.redis.url_file");
    if (url.empty()) return settings;
    if (!has_replicas) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    "relay.redis.url: a relay whose storage is lmdb has no replicas to tell.");
    }
    if (!IsChannel(settings.channel)) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    "relay.redis.channel is 1 to 200 visible ASCII characters.");
    }
    auto address = ParseRedisUrl(url.Expose());
    if (!address) return address.error();
    settings.redis = std::move(*address);
    return settings;
}

}  // namespace berth::relay
