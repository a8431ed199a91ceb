#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::money {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// A checked integer of an asset's smallest unit: a sign and 128 bits, as wide as the widest asset
/// (wei) and as NUMERIC(39,0). Arithmetic that would overflow aborts: inputs are bounded where they
/// come in.
class Amount {
public:
    constexpr Amount() = default;
    constexpr Amount(std::int64_t value)
        : Amount{FromRaw(value)} {}  // NOLINT: implicit on purpose.
    static constexpr Amount FromRaw(Int128 value)
    {
        const auto bits = static_cast<UInt128>(value);
        return value < 0 ? Amount{true, ~bits + 1} : Amount{false, bits};
    }
    static constexpr Amount FromUnsigned(UInt128 value) { return Amount{false, value}; }

    /// `0` or `[1-9][0-9]*` up to 2^128 - 1. Errors: kInvalid `BAD_AMOUNT`.
    static Result<Amount> Parse(std::string_view text);
    /// The same with an optional leading `-`, as the database writes.
    static Result<Amount> ParseSigned(std::string_view text);

    std::string ToString() const;
    constexpr bool negative() const { return negative_; }
    constexpr UInt128 magnitude() const { return magnitude_; }
    /// The value as a signed integer; aborts when it does not fit.
    Int128 raw() const;
    /// The value when it fits.
    std::optional<std::int64_t> ToInt64() const;

    friend constexpr bool operator==(Amount, Amount) = default;
    friend constexpr std::strong_ordering operator<=>(Amount a, Amount b)
    {
        if (a.negative_ != b.negative_) {
            return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
        }
        return a.negative_ ? b.magnitude_ <=> a.magnitude_ : a.magnitude_ <=> b.magnitude_;
    }
    friend Amount operator+(Amount a, Amount b);
    friend Amount operator-(Amount a, Amount b);
    Amount operator-() const { return Amount{!negative_, magnitude_}; }
    Amount& operator+=(Amount other) { return *this = *this + other; }
    Amount& operator-=(Amount other) { return *this = *this - other; }

private:
    constexpr Amount(bool negative, UInt128 magnitude)
        : negative_{negative && magnitude != 0}, magnitude_{magnitude}
    {
    }

    bool negative_ = false;  ///< Never set for zero.
    UInt128 magnitude_ = 0;
};

/// Credit to a customer floors, a charge ceils, a report rounds half to even; each once, at the
/// end.
enum class Rounding { kFloor, kCeil, kHalfEven };

/// value × numerator / denominator with a 256-bit intermediate. `denominator` > 0.
Amount MulDiv(Amount value, Amount numerator, Amount denominator, Rounding rounding);

}  // namespace berth::money
