#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/rails/claim.hpp"

namespace berth::payments {

/// What this marketplace takes on the xrp rail.
struct Settings {
    std::string marketplace;  ///< Public key, hex.
    std::string payee;        ///< Our classic address.
    std::optional<std::uint32_t> destination_tag{};
    std::string network = "xrpl:0";  ///< Channels of another network are not looked at.
    rails::ClaimPolicy policy{};
    std::chrono::seconds observation_age_max{60};  ///< Older readings credit nothing.
    std::chrono::seconds observation_interval{60};
};

}  // namespace berth::payments
