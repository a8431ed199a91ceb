#pragma once

#include <cstdint>
#include <string_view>

#include "berth/v1/types.pb.h"
#include "core/base/error.hpp"

namespace berth::operators {

/// True for a container image that is pinned: by digest, or by a tag that is not `latest`.
bool IsPinnedImage(std::string_view image);

/// Checks what an operator wants to sell: pinned images, a price that carries ceiling, floor and
/// fee, limits that a relay can keep. `fee_least_bps` is the marketplace's least share. Pure.
/// Errors: kInvalid `BAD_PLAN`, whose message names the field.
Result<void> CheckPlan(const v1::Plan& plan, std::int64_t fee_least_bps);

/// `{plan}` of `plans/{plan}`. Errors: kInvalid `BAD_PLAN`.
Result<std::string> PlanId(std::string_view name);

}  // namespace berth::operators
