#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::nostr {

/// Bech32 (BIP-173) without its limit of length: NIP-19 and BOLT 11 write texts so. Values have
/// five bits each.

std::string EncodeBech32(std::string_view prefix, const std::vector<std::uint8_t>& values);
/// The values behind `prefix1` and before the checksum; nothing if text, prefix or checksum is
/// wrong. Lower case only.
std::optional<std::vector<std::uint8_t>> DecodeBech32(std::string_view prefix,
                                                      std::string_view text);

/// Bytes as values; the last one is filled up with zero bits.
std::vector<std::uint8_t> ToFiveBits(std::string_view bytes);
/// The whole bytes of values; bits that are left over are dropped.
std::string FromFiveBits(const std::vector<std::uint8_t>& values);

}  // namespace berth::nostr
