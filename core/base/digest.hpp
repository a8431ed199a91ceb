#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace berth {

using Bytes32 = std::array<std::uint8_t, 32>;

/// SHA-256 of `bytes`. Thread-safe.
Bytes32 Sha256(std::string_view bytes);
/// The first 32 bytes of SHA-512, as the XRP Ledger hashes.
Bytes32 Sha512Half(std::string_view bytes);

/// Bytes from the operating system's generator; aborts if it fails.
std::string RandomBytes(std::size_t count);

/// Lower-case hexadecimal.
std::string ToHex(const Bytes32& bytes);

}  // namespace berth
