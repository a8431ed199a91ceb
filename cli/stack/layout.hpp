#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/error.hpp"

namespace berth::stack {

/// Where everything of a private world is: one folder, the programs that were built, and ports of
/// 127.0.0.1.
struct Layout {
    std::filesystem::path folder;    ///< Absolute.
    std::filesystem::path programs;  ///< The build folder.
    std::uint16_t bind = 0;
    std::uint16_t pebble = 0;
    std::uint16_t pebble_management = 0;
    std::uint16_t xrpl = 0;
    std::uint16_t akash = 0;
    std::uint16_t ingress = 0;
    std::uint16_t marketplace = 0;
    std::uint16_t edge = 0;         ///< Stands for 443.
    std::uint16_t second_edge = 0;  ///< Stands for 8080.

    std::filesystem::path KeyFile(const std::string& who) const;
    std::filesystem::path MarketplaceCa() const { return folder / "tls/ca.pem"; }
    std::filesystem::path Berth() const { return programs / "cli/berth"; }
    std::filesystem::path Relay() const { return programs / "relay-image/berth-relay"; }
    /// The OCI layout of the relay's image, which is there if it was built.
    std::filesystem::path RelayImage() const { return programs / "relay-image/berth-relay.oci"; }
};

/// `127.0.0.1:port`.
std::string Local(std::uint16_t port);

/// Chooses free ports. Errors: those of FreePorts; kNotFound `PROGRAM_MISSING` where one of ours
/// has not been built.
Result<Layout> MakeLayout(const std::filesystem::path& folder,
                          const std::filesystem::path& programs);

inline constexpr auto kZone = "berth.test";              ///< The operator's zone.
inline constexpr auto kRelayZone = "relays.berth.test";  ///< Relays are named in it.
inline constexpr auto kCustomerZone = "customer.test";   ///< A customer's zone, with his own key.
inline constexpr auto kProviderZone = "akash.test";      ///< The providers' ingresses.
inline constexpr auto kZoneKey = "berth-operator";       ///< TSIG keys.
inline constexpr auto kCustomerZoneKey = "berth-customer";

}  // namespace berth::stack
