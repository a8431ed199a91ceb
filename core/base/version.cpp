#include "core/base/version.hpp"

namespace berth {

std::string_view Version() { return BERTH_VERSION; }

}  // namespace berth
