#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::money {

/// A checked 128-bit signed integer of an asset's smallest unit. Arithmetic that would overflow
/// aborts: inputs are bounded where they come in (0 .. 10^38).
class Amount {
public:
    constexpr Amount() = default;
    constexpr Amount(std::int64_t value) : value_{value} {}  // NOLINT: plain integers are amounts.
    static constexpr Amount FromRaw(__int128 value) { return Amount{value, 0}; }

    /// `0` or `[1-9][0-9]*` up to 10^38. Errors: kInvalid `BAD_AMOUNT`.
    static Result<Amount> Parse(std::string_view text);
    /// The same with an optional leading `-`, as the database writes.
    static Result<Amount> ParseSigned(std::string_view text);

    std::string ToString() const;
    constexpr __int128 raw() const { return value_; }
    /// The value when it fits.
    std::optional<std::int64_t> ToInt64() const;

    friend constexpr auto operator<=>(Amount, Amount) = default;
    friend Amount operator+(Amount a, Amount b);
    friend Amount operator-(Amount a, Amount b);
    Amount operator-() const;
    Amount& operator+=(Amount other) { return *this = *this + other; }
    Amount& operator-=(Amount other) { return *this = *this - other; }

private:
    constexpr Amount(__int128 value, int) : value_{value} {}

    __int128 value_ = 0;
};

/// Credit to a customer floors, a charge ceils, a report rounds half to even; each once, at the end.
enum class Rounding { kFloor, kCeil, kHalfEven };

/// value × numerator / denominator with a 256-bit intermediate. `denominator` > 0.
Amount MulDiv(Amount value, Amount numerator, Amount denominator, Rounding rounding);

}  // namespace berth::money
