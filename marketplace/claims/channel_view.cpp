#include "marketplace/claims/channel_view.hpp"

#include <algorithm>
#include <array>

#include "core/base/encoding.hpp"

namespace berth::claims {
namespace {

constexpr std::string_view kPrefix = "channels/";
constexpr std::size_t kXrpIdDigits = 64;
constexpr auto kRails = std::to_array<std::string_view>({"xrp", "base", "btc", "akt"});

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

Error UnservedRail(const std::string& rail)
{
    if (std::ranges::count(kRails, rail) == 0) {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_RAIL", "A rail is xrp, base, btc or akt.");
    }
    return Fail(ErrorCode::kUnimplemented, "RAIL_NOT_SERVED",
                "This marketplace takes channels on rail xrp alone.");
}

}  // namespace

Error UnknownChannel()
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_CHANNEL", "The caller has no such channel.");
}

Result<payments::ChannelKey> ReadChannelKey(const std::string& customer, const std::string& rail,
                                            const std::string& channel_id)
{
    if (rail != "xrp") return UnservedRail(rail);
    if (channel_id.size() != kXrpIdDigits || !FromHex(channel_id)) {
        return Fail(ErrorCode::kInvalid, "BAD_CHANNEL_ID", "A channel's id has 64 hex digits.");
    }
    payments::ChannelKey key{.customer_id = customer, .rail = rail, .channel_id = channel_id};
    std::ranges::transform(key.channel_id, key.channel_id.begin(), Upper);
    return key;
}

Result<payments::ChannelKey> ReadChannelName(const std::string& customer, const std::string& name)
{
    const auto dash = name.find('-');
    if (!name.starts_with(kPrefix) || dash == std::string::npos) return UnknownChannel();
    const auto key = ReadChannelKey(customer, name.substr(kPrefix.size(), dash - kPrefix.size()),
                                    name.substr(dash + 1));
    if (!key) return UnknownChannel();
    return key;
}

std::string NameOf(const payments::ChannelKey& key)
{
    return std::string{kPrefix} + key.rail + '-' + key.channel_id;
}

v1::Channel ToProto(const payments::ChannelRow& channel)
{
    v1::Channel view;
    view.set_name(NameOf(channel.key));
    view.set_rail(channel.key.rail);
    view.set_channel_id(channel.key.channel_id);
    view.set_asset(channel.asset);
    view.set_capacity(channel.capacity.ToString());
    view.set_accepted(channel.accepted.ToString());
    view.set_redeemed(channel.redeemed.ToString());
    view.set_unapplied(channel.unapplied.ToString());
    view.set_held(channel.held.ToString());
    view.set_settle_delay_seconds(channel.settle_delay.count());
    view.set_deadline(channel.deadline ? channel.deadline->time_since_epoch().count() : 0);
    view.set_status(channel.status);
    return view;
}

}  // namespace berth::claims
