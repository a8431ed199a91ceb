#include "core/money/amount.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::money {
namespace {

using U128 = UInt128;

constexpr U128 kMax = ~U128{0};

struct U256 {
    U128 high = 0;
    U128 low = 0;
};

U256 Multiply(U128 a, U128 b)
{
    constexpr U128 kMask = ~std::uint64_t{0};
    const U128 low = (a & kMask) * (b & kMask);
    const U128 left = (a >> 64) * (b & kMask);
    const U128 right = (a & kMask) * (b >> 64);
    const U128 middle = (low >> 64) + (left & kMask) + (right & kMask);
    return {.high = (a >> 64) * (b >> 64) + (left >> 64) + (right >> 64) + (middle >> 64),
            .low = middle << 64 | (low & kMask)};
}

struct Quotient {
    U128 value = 0;
    U128 remainder = 0;
};

/// Binary long division; the quotient has to fit.
Quotient Divide(const U256& dividend, U128 divisor)
{
    BERTH_ASSERT(dividend.high < divisor);
    Quotient quotient{.value = 0, .remainder = dividend.high};
    for (int bit = 127; bit >= 0; --bit) {
        const bool carry = quotient.remainder >> 127 != 0;
        quotient.remainder = quotient.remainder << 1 | (dividend.low >> bit & 1);
        quotient.value <<= 1;
        if (carry || quotient.remainder >= divisor) {
            quotient.remainder -= divisor;
            quotient.value |= 1;
        }
    }
    return quotient;
}

bool RoundsAway(const Quotient& quotient, U128 divisor, Rounding rounding, bool negative)
{
    if (quotient.remainder == 0) return false;
    switch (rounding) {
        case Rounding::kFloor: return negative;
        case Rounding::kCeil: return !negative;
        case Rounding::kHalfEven: break;
    }
    const auto rest = divisor - quotient.remainder;
    if (quotient.remainder != rest) return quotient.remainder > rest;
    return (quotient.value & 1) != 0;
}

U128 CheckedAdd(U128 a, U128 b)
{
    BERTH_ASSERT(a <= kMax - b);
    return a + b;
}

Error BadAmount()
{
    return Fail(ErrorCode::kInvalid, "BAD_AMOUNT",
                "An amount is a whole decimal number below 2^128 without sign or leading zeros.");
}

}  // namespace

Result<Amount> Amount::Parse(std::string_view text)
{
    if (!IsPlainDecimal(text) || text.size() > 39) return BadAmount();
    U128 value = 0;
    for (const char c : text) {
        const auto digit = static_cast<U128>(c - '0');
        if (value > (kMax - digit) / 10) return BadAmount();
        value = value * 10 + digit;
    }
    return FromUnsigned(value);
}

Result<Amount> Amount::ParseSigned(std::string_view text)
{
    if (!text.starts_with('-')) return Parse(text);
    const auto magnitude = Parse(text.substr(1));
    if (!magnitude) return magnitude.error();
    return -*magnitude;
}

std::string Amount::ToString() const
{
    std::string digits;
    for (auto rest = magnitude_; rest != 0 || digits.empty(); rest /= 10) {
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    if (negative_) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

Int128 Amount::raw() const
{
    BERTH_ASSERT(magnitude_ <= kMax >> 1);
    const auto value = static_cast<Int128>(magnitude_);
    return negative_ ? -value : value;
}

std::optional<std::int64_t> Amount::ToInt64() const
{
    constexpr U128 kLargest = std::numeric_limits<std::int64_t>::max();
    if (magnitude_ > kLargest + (negative_ ? 1 : 0)) return std::nullopt;
    return static_cast<std::int64_t>(raw());
}

Amount operator+(Amount a, Amount b)
{
    if (a.negative_ == b.negative_) {
        return Amount{a.negative_, CheckedAdd(a.magnitude_, b.magnitude_)};
    }
    if (a.magnitude_ >= b.magnitude_) return Amount{a.negative_, a.magnitude_ - b.magnitude_};
    return Amount{b.negative_, b.magnitude_ - a.magnitude_};
}

Amount operator-(Amount a, Amount b) { return a + -b; }

Amount MulDiv(Amount value, Amount numerator, Amount denominator, Rounding rounding)
{
    BERTH_ASSERT(denominator > Amount{});
    const bool negative = value.negative() != numerator.negative();
    auto quotient =
        Divide(Multiply(value.magnitude(), numerator.magnitude()), denominator.magnitude());
    if (RoundsAway(quotient, denominator.magnitude(), rounding, negative)) {
        quotient.value = CheckedAdd(quotient.value, 1);
    }
    const auto magnitude = Amount::FromUnsigned(quotient.value);
    return negative ? -magnitude : magnitude;
}

}  // namespace berth::money
