#pragma once

#include <string>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "relay-image/governance/governor.hpp"

namespace berth::relay {

/// One call of the management API (NIP-86).
struct ManagementCall {
    std::string method;
    boost::json::array params;
};

/// Reads `{"method", "params"}`. Errors: kInvalid, those of ParseJsonStrict and `BAD_CALL`.
Result<ManagementCall> ParseManagementCall(std::string_view body);

/// The act that a call is, after a check that the actor may call it; the dashboard makes the same
/// acts. Errors of the act: kNotFound `UNKNOWN_METHOD`; kForbidden `METHOD_NOT_ALLOWED`; kInvalid
/// `BAD_PARAMS`; those of Amendment and of the store.
Governor::Act ActOf(ManagementCall call);

}  // namespace berth::relay
