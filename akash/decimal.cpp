#include "akash/chain.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

constexpr std::size_t kDigits = 18;

Error BadDecimal()
{
    return Fail(ErrorCode::kInvalid, "BAD_DECIMAL", "Not a decimal number with up to 18 places.");
}

bool IsDigits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<money::Amount> ParseDec18(std::string_view text)
{
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto places = point == text.npos ? std::string_view{} : text.substr(point + 1);
    if (!IsPlainDecimal(whole) || places.size() > kDigits ||
        (point != text.npos && !IsDigits(places))) {
        return BadDecimal();
    }
    auto digits = std::string{whole} + std::string{places};
    digits.append(kDigits - places.size(), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const auto amount = money::Amount::Parse(digits);
    if (!amount) return BadDecimal();
    return negative ? -*amount : *amount;
}

std::string FormatDec18(money::Amount amount_e18)
{
    auto digits = amount_e18.ToString();
    const bool negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
    if (digits.size() <= kDigits) digits.insert(0, kDigits + 1 - digits.size(), '0');
    digits.insert(digits.size() - kDigits, ".");
    return (negative ? "-" : "") + digits;
}

}  // namespace berth::akash
