#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace berth::worker {

struct WalletSettings {
    std::string gas_denom = "uakt";
    std::string deposit_denom = "uact";
    std::int64_t least_gas = 0;      ///< In the smallest unit; below it the wallet is not ready.
    std::int64_t least_deposit = 0;  ///< The same for deposits.
    std::chrono::milliseconds poll{2000};
};

}  // namespace berth::worker
