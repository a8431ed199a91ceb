#pragma once

#include <chrono>
#include <string>

#include <google/protobuf/message.h>

#include "core/base/clock.hpp"
#include "core/nostr/keys.hpp"

namespace berth::cli {

/// Kinds of the events that carry signed requests (docs/api.md).
constexpr int kOrderKind = 24410;
constexpr int kCancelKind = 24412;
constexpr int kChannelKind = 24413;
constexpr int kClaimKind = 24414;
constexpr int kOperatorActionKind = 24415;
constexpr int kRelayKind = 24416;

/// `terms` as the content of a signed event for `marketplace`, good for 5 minutes; as JSON.
std::string SignTerms(int kind, const google::protobuf::Message& terms,
                      const std::string& marketplace, const nostr::SecretKey& key, Time now);

}  // namespace berth::cli
