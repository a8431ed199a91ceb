#include "relay-image/http/shown_amount.hpp"

#include <cstdlib>

namespace berth::relay {
namespace {

std::string Number(money::Amount amount, std::size_t decimals)
{
    auto digits = amount.ToString();
    const bool negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return negative ? "-" + digits : digits;
}

}  // namespace

ShownUnit ShownUnitOf(std::string_view asset)
{
    if (asset == "btc") return {.name = "sat", .decimals = 3};
    return {.name = "XRP", .decimals = 6};
}

std::string Shown(money::Amount amount, std::string_view asset)
{
    const auto unit = ShownUnitOf(asset);
    return Number(amount, unit.decimals) + " " + std::string{unit.name};
}

double Drawn(money::Amount amount, std::string_view asset)
{
    return std::strtod(Number(amount, ShownUnitOf(asset).decimals).c_str(), nullptr);
}

}  // namespace berth::relay
