#pragma once

#include <string>

#include "relay-image/protocol/limits.hpp"

namespace berth::relay {

/// What the owner says about his relay.
struct RelayProfile {
    std::string name = "berth-relay";
    std::string description;
    std::string pubkey;  ///< Of the owner, hex; empty if he does not say.
    std::string self;    ///< The relay's own public key, hex; empty if it has none.
    std::string contact;
    std::string icon;
    std::string banner = {};
    std::string terms_of_service = {};  ///< Their address.
    std::string url;             ///< `wss://...` as clients know it; what NIP-42 events must name.
    std::string retention = {};  ///< JSON of NIP-11's `retention`; empty if all is kept.
    std::string fees = {};       ///< JSON of NIP-11's `fees`; empty if publishing is free.
    std::string payments_url = {};  ///< Where users see what they owe; empty if nobody knows.
    bool auth_required = false;
    bool restricted_writes = false;  ///< Only the listed writers may publish.
};

/// The NIP-11 document.
std::string InformationDocument(const RelayProfile& profile, const Limits& limits);

}  // namespace berth::relay
