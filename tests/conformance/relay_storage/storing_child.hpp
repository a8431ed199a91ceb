#pragma once

namespace berth::relay::test {

constexpr int kBatch = 50;  ///< Events of one batch of the storing child, besides that of kind 0.

}  // namespace berth::relay::test
