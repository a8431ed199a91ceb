#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace berth::orders {

/// A rail that orders can be paid on, and the asset that it moves (as money::FindAsset knows it).
struct ServedRail {
    std::string rail;
    std::string asset;
};

/// How orders are priced and carried out.
struct Settings {
    std::string marketplace;  ///< Its public key, hex.
    std::vector<ServedRail> rails{{"xrp", "xrp"}};
    std::chrono::seconds quote_term{900};
    std::chrono::seconds price_age_max{3600};
    /// How long after its quote an unpaid order waits for a payment that its chain is confirming.
    std::chrono::seconds confirmation_term{3600};
    std::chrono::milliseconds meter_interval{3'600'000};
    std::int64_t deposit_uact = 5'000'000;
    /// Longest time at a step of `provision` by `step`; a missing one keeps its default.
    std::map<std::string, std::chrono::milliseconds, std::less<>> step_budgets{};
    std::size_t intake_queue_max = 4096;
    std::size_t intake_batch_max = 256;
};

}  // namespace berth::orders
