#pragma once

#include <chrono>

namespace berth::queue {

/// The times that jobs and wallets are kept by. Leases count by the database's clock.
struct Settings {
    std::chrono::milliseconds lease{75'000};
    std::chrono::milliseconds heartbeat{15'000};
    std::chrono::milliseconds wallet_lease{75'000};
    std::chrono::milliseconds poll{2'000};  ///< How long a lost wake-up can go unnoticed.
    std::chrono::milliseconds retry_first{1'000};
    std::chrono::milliseconds retry_max{300'000};
    int attempts_max = 30;  ///< Of one step, before it counts as failed.
};

}  // namespace berth::queue
