#pragma once

#include <string_view>

namespace berth {

/// Of all of Berth's programs, as `major.minor.patch`.
std::string_view Version();

/// Address of the project's pages, as the build was told by `BERTH_HOMEPAGE`; empty if by none.
std::string_view Homepage();

}  // namespace berth
