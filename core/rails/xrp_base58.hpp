#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace berth::rails {

/// Base58 in the XRP Ledger's alphabet, with a checksum of four bytes behind the payload: how
/// addresses and seeds are written (xrpl.org, "Base58 Encodings").
std::string ToXrpBase58(std::string_view payload);
/// The payload of `size` bytes; nothing unless text and checksum are exactly as they are written.
std::optional<std::string> FromXrpBase58(std::string_view text, std::size_t size);

}  // namespace berth::rails
