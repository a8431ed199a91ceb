#pragma once

#include <string_view>

namespace berth::relay::fuzz {

/// Calls of the management API, one a line; the first character says who calls: `o` the owner, `m`
/// a moderator with some powers, else somebody without. What is answered as done has to be read
/// back from the store as it is, and nobody's powers grow beyond those of who gave them.
void CallManagement(std::string_view bytes);
/// A form of the dashboard.
void ReadForm(std::string_view bytes);

}  // namespace berth::relay::fuzz
