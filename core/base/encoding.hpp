#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth {

/// Lower-case hexadecimal.
std::string ToHex(std::string_view bytes);
/// Writes the same to `into`, two characters for each byte.
void WriteHex(std::string_view bytes, char* into);
/// Bytes of hexadecimal text of either case; nothing if it is not whole bytes of hex digits.
std::optional<std::string> FromHex(std::string_view hex);
/// True for exactly `length` lower-case hex digits.
bool IsLowerHex(std::string_view text, std::size_t length);

/// Standard base64 with padding (RFC 4648, section 4).
std::string ToBase64(std::string_view bytes);
/// Bytes of padded standard base64; nothing on any other input, white space included.
std::optional<std::string> FromBase64(std::string_view text);

/// Lower-case base32 without padding (RFC 4648, section 6).
std::string ToBase32(std::string_view bytes);

/// The digits of a non-negative decimal number without sign, leading zeros or exponent.
bool IsPlainDecimal(std::string_view text);

}  // namespace berth
