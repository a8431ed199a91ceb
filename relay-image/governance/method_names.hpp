#pragma once

#include <span>
#include <string_view>

namespace berth::relay {

/// All methods of the management API, in the order of NIP-86; `supportedmethods` itself is not
/// among them.
std::span<const std::string_view> MethodNames();

/// Whether there is a method of that name.
bool IsMethodName(std::string_view name);

}  // namespace berth::relay
