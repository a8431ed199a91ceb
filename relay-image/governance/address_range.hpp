#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::relay {

/// The one text for an address or a network (`10.0.0.0/8`): host bits cleared, IPv4 within IPv6
/// written as IPv4, a network of one address without its length. Nothing for other text.
std::optional<std::string> CanonicalRange(std::string_view text);

/// The canonical texts of all ranges that hold an address, the smallest first; none for text that
/// is no address.
std::vector<std::string> RangesOf(std::string_view address);

}  // namespace berth::relay
