#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::relay {

/// Kinds of WebSocket frames (RFC 6455, section 11.8).
enum class Opcode : std::uint8_t {
    kContinuation = 0x0,
    kText = 0x1,
    kBinary = 0x2,
    kClose = 0x8,
    kPing = 0x9,
    kPong = 0xA,
};

/// Why a WebSocket ends (RFC 6455, section 7.4.1).
enum class CloseCode : std::uint16_t {
    kNormal = 1000,
    kGoingAway = 1001,
    kProtocolError = 1002,
    kBadPayload = 1007,
    kPolicy = 1008,
    kTooBig = 1009,
};

/// Appends the head of one unmasked, unfragmented frame; `length` bytes of payload have to follow.
void AppendFrameHead(std::string& out, Opcode opcode, std::size_t length, bool compressed = false);

/// A whole control frame; at most 125 bytes of payload.
std::string ControlFrame(Opcode opcode, std::string_view payload);

/// Payload of a close frame.
std::string ClosePayload(CloseCode code, std::string_view why);

}  // namespace berth::relay
