#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/value.hpp>

#include "core/base/error.hpp"

namespace berth {

struct JsonLimits {
    std::size_t bytes = 256 * 1024;
    std::size_t depth = 32;
    bool integers_only = false;  ///< Refuses fractions and exponents, as Nostr events must.
};

/// Parses JSON from outside. Beyond the grammar it refuses duplicate keys, invalid UTF-8, lone
/// surrogates, and what is over the limits.
/// Errors: kInvalid `BAD_JSON`, `JSON_DUPLICATE_KEY`, `JSON_NOT_INTEGER`, `TOO_LARGE`, `TOO_DEEP`.
Result<boost::json::value> ParseJsonStrict(std::string_view text, const JsonLimits& limits = {});

}  // namespace berth
