#pragma once

#include <string>

#include <google/protobuf/message.h>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::call {

constexpr int kOrderKind = 24410;
constexpr int kAmendKind = 24411;
constexpr int kCancelKind = 24412;
constexpr int kChannelKind = 24413;
constexpr int kClaimKind = 24414;
constexpr int kOperatorActionKind = 24415;
constexpr int kRelayKind = 24416;

/// Reads the event of a signed request and checks id and signature, nothing about time: so that an
/// event that was accepted before can be answered for ever. Pure and thread-safe.
/// Errors: those of nostr::ParseEvent and VerifyEvent; kInvalid `WRONG_KIND`.
Result<nostr::Event> ReadSignedEvent(const std::string& json, int kind);

/// Checks what depends on us and on the time: `p` is this marketplace, `v` is 1, `expiration` ahead
/// and created_at within 10 minutes of `now`; then reads the content as protobuf-JSON into `terms`.
/// Unknown fields and duplicate keys are refused; a `payment` tag must agree with the content.
/// Errors: kInvalid `WRONG_MARKETPLACE`, `UNKNOWN_VERSION`, `EVENT_EXPIRED`, `CLOCK_OFF`,
/// `BAD_TERMS`.
Result<void> ReadTerms(const nostr::Event& event, const std::string& marketplace, Time now,
                       google::protobuf::Message& terms);

}  // namespace berth::call
