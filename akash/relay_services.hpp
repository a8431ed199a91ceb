#pragma once

#include <optional>

#include "akash/sdl.hpp"

namespace berth::akash {

inline constexpr const char* kPlacement = "berth";
inline constexpr const char* kPostgresService = "postgres";
inline constexpr const char* kRelayService = "relay";

/// A volume that outlives the containers of its lease.
struct Volume {
    std::string storage_class;
    std::string mount;
    std::int64_t bytes = 0;
};

inline constexpr const char* kVolumeName = "data";

/// One service of a relay's deployment as SDL and groups both need it.
struct RelayService {
    std::string name;
    std::string image;
    const std::map<std::string, Secret>* environment = nullptr;  ///< The deployment's.
    int port = 0;
    int as = 0;
    bool global = false;
    std::vector<std::string> accept;
    std::int64_t cpu_millis = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t storage_bytes = 0;  ///< That go with the container.
    std::optional<Volume> volume;
    std::int64_t body_bytes = kIngressBodyBytes;  ///< That the ingress takes for it.
    money::Amount price_e18;                      ///< Per block.
};

/// How a deployment's resources and ceiling are split among its services, ordered by name as the
/// chain's programs number them. Points into `deployment`.
std::vector<RelayService> ServicesOf(const RelayDeployment& deployment);

}  // namespace berth::akash
