#pragma once

#include <boost/json/value.hpp>

#include "core/base/error.hpp"

namespace berth::akash {

/// True where the resources of every service in a manifest, as `provider-services sdl-to-manifest`
/// prints it, are those of our groups: ids, counts, quantities and endpoints.
/// Errors: kInvalid `MESSAGE_MISMATCH` naming the service.
Result<void> MatchManifest(const boost::json::value& groups, const boost::json::value& manifest);

/// Compares a message of ours with the one that `akash tx ... --generate-only` made of the same
/// SDL. Absent, null and empty lists are the same to the chain.
/// Errors: kInvalid `MESSAGE_MISMATCH` naming the first field that differs.
Result<void> MatchMessage(const boost::json::value& ours, const boost::json::value& generated);

}  // namespace berth::akash
