#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The kinds that are stored, as they were counted at a moment.
struct CountedKinds {
    std::int64_t at = 0;  ///< Unix seconds.
    KindCensus census;
};

/// The section of the overview that shows what each kind takes, the largest first: a chart, and a
/// table with the same figures. Before the first count it says so.
std::string KindsHtml(const std::optional<CountedKinds>& counted);

}  // namespace berth::relay
