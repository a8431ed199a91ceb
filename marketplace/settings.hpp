#pragma once

#include <span>

#include "core/config/config.hpp"

namespace berth::marketplace {

/// Every setting of berth-marketplace, with its default.
std::span<const config::Setting> Settings();

}  // namespace berth::marketplace
