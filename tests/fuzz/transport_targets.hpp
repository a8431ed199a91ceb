#pragma once

#include <string_view>

namespace berth::relay::fuzz {

/// Frames of a client, with and without compression; the first byte says in what pieces they come,
/// and the pieces must not matter.
void ReadFrames(std::string_view bytes);
/// The payload of a compressed message: never inflated over its limit.
void InflateMessage(std::string_view bytes);
/// The lines of an upgrade: connection, upgrade, version, key, extensions.
void ReadUpgrade(std::string_view bytes);
/// A PROXY header, and the list of X-Forwarded-For.
void ReadProxy(std::string_view bytes);

}  // namespace berth::relay::fuzz
