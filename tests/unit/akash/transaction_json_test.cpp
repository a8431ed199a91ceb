#include "akash/transaction_json.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace berth::akash {
namespace {

namespace json = boost::json;

const TransactionFee kFee{.gas = 150'000, .amount = 3750, .denom = "uakt"};

json::value BodyOf(const std::optional<OrderedPlace>& place)
{
    const TransactionBody body{
        .messages = {json::object{{"@type", "/a.Msg"}}},
        .timeout = FromUnixSeconds(1'767'225'600) + std::chrono::microseconds{42},
        .place = place};
    return json::parse(UnsignedJson(body, kFee)).at("body");
}

TEST(TransactionJsonTest, AnUnorderedOneHasATimeoutOfItsOwnAndNoHeight)
{
    const auto body = BodyOf(std::nullopt);
    EXPECT_TRUE(body.at("unordered").as_bool());
    EXPECT_EQ(body.at("timeout_timestamp"), "2026-01-01T00:00:00.000042Z");
    EXPECT_EQ(body.at("timeout_height"), "0");
}

TEST(TransactionJsonTest, AnOrderedOneHasOnlyFieldsThatOldNodesKnow)
{
    const auto body = BodyOf(OrderedPlace{.sequence = 9, .timeout_height = 1048});
    EXPECT_FALSE(body.at("unordered").as_bool());
    EXPECT_TRUE(body.at("timeout_timestamp").is_null());
    EXPECT_EQ(body.at("timeout_height"), "1048");
}

TEST(TransactionJsonTest, PaysInTheDenominationOfTheFee)
{
    const TransactionBody body{.messages = {}, .timeout = {}, .place = {}};
    const auto fee = json::parse(UnsignedJson(body, kFee)).at("auth_info").at("fee");
    EXPECT_EQ(fee.at("gas_limit"), "150000");
    EXPECT_EQ(fee.at("amount").at(0).at("amount"), "3750");
    EXPECT_EQ(fee.at("amount").at(0).at("denom"), "uakt");
    const auto free = json::parse(UnsignedJson(body, {.gas = 1, .amount = 0, .denom = "uakt"}));
    EXPECT_TRUE(free.at("auth_info").at("fee").at("amount").as_array().empty());
}

}  // namespace
}  // namespace berth::akash
