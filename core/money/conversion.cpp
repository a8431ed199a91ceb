#include "core/money/conversion.hpp"

#include <array>

#include "core/base/assert.hpp"

namespace berth::money {
namespace {

struct NamedAsset {
    std::string_view code;
    std::string_view everyday_name;
    int decimals = 0;
};

constexpr std::array<NamedAsset, 8> kAssets{{
    {"xrp", "drop", 6},
    {"sat", "btc", 8},
    {"msat", "", 11},
    {"wei", "eth", 18},
    {"usdc", "", 6},
    {"uakt", "akt", 6},
    {"uact", "act", 6},
    {"usd", "", 6},
}};

constexpr int kUsdDecimals = 6;
constexpr int kPriceDecimals = 8;

Amount PowerOfTen(int exponent)
{
    Int128 power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return Amount::FromRaw(power);
}

/// Units of one whole coin at a price of 10^-8 dollars, in micro-dollars' terms.
Amount Scale(const Asset& asset)
{
    return PowerOfTen(asset.decimals + kPriceDecimals - kUsdDecimals);
}

}  // namespace

Result<Asset> FindAsset(std::string_view code)
{
    for (const auto& asset : kAssets) {
        if (!code.empty() && (asset.code == code || asset.everyday_name == code)) {
            return Asset{.code = asset.code, .decimals = asset.decimals};
        }
    }
    return Fail(ErrorCode::kInvalid, "UNKNOWN_ASSET", "No such asset is kept in the books.");
}

Amount ToUsdMicros(Amount amount, const Asset& asset, const Price& price, Rounding rounding)
{
    return MulDiv(amount, price.usd_e8, Scale(asset), rounding);
}

Amount FromUsdMicros(Amount usd_micros, const Asset& asset, const Price& price, Rounding rounding)
{
    BERTH_ASSERT(price.usd_e8 > Amount{});
    return MulDiv(usd_micros, Scale(asset), price.usd_e8, rounding);
}

}  // namespace berth::money
