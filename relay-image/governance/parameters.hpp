#pragma once

#include <set>
#include <string>

#include <boost/json/array.hpp>

#include "core/base/error.hpp"

namespace berth::relay {

/// The parameters of one call of the management API, by their places. Errors of all: kInvalid
/// `BAD_PARAMS`, which names the place.
class Parameters {
public:
    explicit Parameters(const boost::json::array& values) : values_{values} {}

    bool Has(std::size_t place) const;
    /// A public key as 64 lower-case hex digits.
    Result<std::string> Pubkey(std::size_t place) const;
    /// The id of an event.
    Result<std::string> EventId(std::size_t place) const;
    Result<std::string> Text(std::size_t place) const;
    /// Empty if it is not there.
    Result<std::string> OptionalText(std::size_t place) const;
    Result<std::int64_t> Integer(std::size_t place) const;
    Result<std::int64_t> OptionalInteger(std::size_t place, std::int64_t fallback) const;
    Result<bool> OptionalBool(std::size_t place, bool fallback) const;
    Result<std::set<std::string>> OptionalTexts(std::size_t place) const;
    /// An event's kind.
    Result<int> Kind(std::size_t place) const;

private:
    Result<std::string> Hex(std::size_t place, const char* what) const;

    const boost::json::array& values_;
};

}  // namespace berth::relay
