#include "core/money/conversion.hpp"
#include "tests/vectors/vector_file.hpp"

#include <set>

namespace berth::vectors {
namespace {

using money::Amount;
using money::Rounding;

Amount ReadAmount(const boost::json::object& vector, std::string_view name)
{
    const auto amount = Amount::Parse(Text(vector, name));
    EXPECT_TRUE(amount.has_value()) << name;
    return amount ? *amount : Amount{};
}

money::Asset ReadUnit(const boost::json::object& vector)
{
    const auto asset = money::FindAsset(Text(vector, "unit"));
    EXPECT_TRUE(asset.has_value()) << Text(vector, "unit") << " is an unknown unit";
    return asset ? *asset : money::Asset{};
}

Rounding ReadMode(const boost::json::object& vector)
{
    const auto mode = Text(vector, "mode");
    if (mode == "floor") return Rounding::kFloor;
    if (mode == "ceil") return Rounding::kCeil;
    EXPECT_EQ(mode, "half_even") << "an unknown mode";
    return Rounding::kHalfEven;
}

}  // namespace

int RunFx(std::string_view file)
{
    int count = 0;
    const auto document = ReadJson(file);
    static const std::set<std::string_view> kSections{"meta", "to_usd", "charge"};
    for (const auto& [section, cases] : document) {
        EXPECT_TRUE(kSections.contains(section)) << section << " is an unknown section";
    }
    for (const auto& value : document.at("to_usd").as_array()) {
        const auto& vector = value.as_object();
        SCOPED_TRACE(Text(vector, "name") + ", " + Text(vector, "mode"));
        const auto asset = ReadUnit(vector);
        EXPECT_EQ(asset.decimals, vector.at("decimals").as_int64());
        const money::Price price{.snapshot_id = "00", .usd_e8 = ReadAmount(vector, "price_usd_e8")};
        EXPECT_EQ(
            ToUsdMicros(ReadAmount(vector, "amount"), asset, price, ReadMode(vector)).ToString(),
            Text(vector, "usd_micros"));
        ++count;
    }
    for (const auto& value : document.at("charge").as_array()) {
        const auto& vector = value.as_object();
        SCOPED_TRACE(Text(vector, "name"));
        const money::Price price{.snapshot_id = "00", .usd_e8 = ReadAmount(vector, "price_usd_e8")};
        EXPECT_EQ(FromUsdMicros(ReadAmount(vector, "usd_micros"), ReadUnit(vector), price,
                                Rounding::kCeil)
                      .ToString(),
                  Text(vector, "charge_units_ceil"));
        ++count;
    }
    return count;
}

}  // namespace berth::vectors
