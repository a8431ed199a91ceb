#pragma once

#include <string>

namespace berth::worker {

/// How the edge is reached from outside.
struct PublicEdge {
    std::string address;  ///< IP address or host name.
    int port = 443;
    std::string wildcard_zone;  ///< Names directly under it share one certificate.
};

}  // namespace berth::worker
