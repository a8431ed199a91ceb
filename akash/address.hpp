#pragma once

#include <string>
#include <string_view>

namespace berth::akash {

/// The account that a secp256k1 key signs for: `akash1...`. Empty where `compressed_key` is not 33
/// bytes. Pure.
std::string AddressOf(std::string_view compressed_key);

}  // namespace berth::akash
