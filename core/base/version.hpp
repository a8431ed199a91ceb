#pragma once

#include <string_view>

namespace berth {

/// Of all of Berth's programs, as `major.minor.patch`.
std::string_view Version();

}  // namespace berth
