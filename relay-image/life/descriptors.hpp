#pragma once

namespace berth::relay {

/// Raises the process's limit of open descriptors to what the system lets it have: connections are
/// descriptors, and the usual soft limit is a thousand.
void AllowManyDescriptors();

}  // namespace berth::relay
