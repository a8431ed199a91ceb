#pragma once

#include <string>

#include "berth/v1/payment_service.pb.h"
#include "core/base/error.hpp"
#include "marketplace/payments/channel_store.hpp"

namespace berth::claims {

/// The key of a customer's channel on a rail that we serve, its id in the rail's own spelling.
/// Errors: kInvalid `UNKNOWN_RAIL`, `BAD_CHANNEL_ID`; kUnimplemented `RAIL_NOT_SERVED`.
Result<payments::ChannelKey> ReadChannelKey(const std::string& customer, const std::string& rail,
                                            const std::string& channel_id);
/// The same from `channels/{rail}-{channel_id}`. Errors: kNotFound `UNKNOWN_CHANNEL`.
Result<payments::ChannelKey> ReadChannelName(const std::string& customer, const std::string& name);
/// `channels/{rail}-{channel_id}`: a channel's name, and the subject of its jobs.
std::string NameOf(const payments::ChannelKey& key);

/// A channel as its customer reads it.
v1::Channel ToProto(const payments::ChannelRow& channel);

/// kNotFound `UNKNOWN_CHANNEL`: there is none, or it is another's.
Error UnknownChannel();

}  // namespace berth::claims
