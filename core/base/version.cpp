#include "core/base/version.hpp"

namespace berth {

std::string_view Version() { return BERTH_VERSION; }

std::string_view Homepage() { return BERTH_HOMEPAGE; }

}  // namespace berth
