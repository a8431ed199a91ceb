#pragma once

#include "akash/sandbox/provider/providers.hpp"

namespace berth::sandbox {

/// What `provider-services status` shows of a provider: its leases, what they and its open bids
/// take, and what is left of its one node.
boost::json::object InventoryJson(const Chain& chain, const ProviderProfile& provider);

}  // namespace berth::sandbox
