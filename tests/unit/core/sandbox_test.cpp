#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/sandbox/ledger_file.hpp"
#include "core/rails/sandbox/rpc.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::rails::sandbox {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class SandboxTest : public testing::Test {
protected:
    json::object Call(std::string_view method, json::object params)
    {
        const json::object request{{"method", method}, {"params", json::array{std::move(params)}}};
        const auto answer = Answer(*ledger_, json::serialize(request));
        return json::parse(answer.body).at("result").as_object();
    }

    std::string CreateChannel()
    {
        const auto result = Call("sandbox_create_channel", {{"account", payer_.address()},
                                                            {"destination", payee_.address()},
                                                            {"public_key", payer_.public_key_hex()},
                                                            {"amount", "1000000"},
                                                            {"settle_delay", 3600}});
        EXPECT_EQ(result.at("status"), "success") << json::serialize(result);
        return std::string{result.at("channel_id").as_string()};
    }

    json::object Entry(const std::string& id)
    {
        return Call("ledger_entry", {{"payment_channel", id}, {"ledger_index", "validated"}});
    }

    FakeClock clock_;
    std::optional<Ledger> ledger_{std::in_place, LedgerState{}, clock_};
    const XrpKey payer_ = XrpKey::Generate();
    const XrpKey payee_ = XrpKey::Generate();
};

TEST_F(SandboxTest, GivesAChannelTheIdOfItsFirstTransaction)
{
    const auto id = CreateChannel();
    EXPECT_EQ(
        id, XrpChannelId(*FromXrpAddress(payer_.address()), *FromXrpAddress(payee_.address()), 1));
    EXPECT_NE(CreateChannel(), id);
}

TEST_F(SandboxTest, ShowsAChannelAsTheRealServerDoes)
{
    const auto id = CreateChannel();
    const auto entry = Entry(id);
    EXPECT_EQ(entry.at("validated"), true);
    const auto& node = entry.at("node").as_object();
    EXPECT_EQ(node.at("LedgerEntryType"), "PayChannel");
    EXPECT_EQ(node.at("Amount"), "1000000");
    EXPECT_EQ(node.at("Balance"), "0");
    EXPECT_EQ(node.at("PublicKey").as_string(), payer_.public_key_hex());
    EXPECT_EQ(node.at("index").as_string(), id);
    EXPECT_FALSE(node.contains("Expiration"));
    const auto listed = Call("account_channels", {{"account", payer_.address()}});
    EXPECT_EQ(listed.at("channels").as_array().at(0).at("channel_id").as_string(), id);
}

TEST_F(SandboxTest, CountsTimeFromTheRippleEpoch)
{
    const auto header = Call("ledger", {{"ledger_index", "validated"}});
    EXPECT_EQ(header.at("ledger").at("close_time").as_int64(),
              ToUnixSeconds(clock_.Now()) - 946'684'800);
    EXPECT_TRUE(header.at("ledger").at("ledger_index").is_string());
}

TEST_F(SandboxTest, SetsAnExpirationWhenThePayerAsksToClose)
{
    const auto id = CreateChannel();
    Call("sandbox_request_close", {{"channel_id", id}});
    const auto expires = Entry(id).at("node").at("Expiration").as_int64();
    EXPECT_EQ(expires, ToRippleSeconds(clock_.Now()) + 3600);
    Call("sandbox_renew", {{"channel_id", id}});
    EXPECT_FALSE(Entry(id).at("node").as_object().contains("Expiration"));
}

TEST_F(SandboxTest, RemovesAnExpiredChannelWithTheNextTransactionOnIt)
{
    const auto id = CreateChannel();
    Call("sandbox_request_close", {{"channel_id", id}});
    Call("sandbox_advance_time", {{"seconds", 3600}});
    EXPECT_EQ(Entry(id).at("status"), "success");
    EXPECT_EQ(Call("sandbox_fund", {{"channel_id", id}, {"amount", "5"}}).at("error"),
              "tecNO_ENTRY");
    EXPECT_EQ(Entry(id).at("error"), "entryNotFound");
}

TEST_F(SandboxTest, PaysOutUpwardsAndWithinTheCapacityOnly)
{
    const auto id = CreateChannel();
    const auto pay = [&](const char* amount) {
        return Call("sandbox_pay_out", {{"channel_id", id}, {"amount", amount}}).at("status");
    };
    EXPECT_EQ(pay("400"), "success");
    EXPECT_EQ(pay("400"), "error");
    EXPECT_EQ(pay("1000001"), "error");
    Call("sandbox_fund", {{"channel_id", id}, {"amount", "1"}});
    EXPECT_EQ(pay("1000001"), "success");
    EXPECT_EQ(Entry(id).at("node").at("Balance"), "1000001");
}

TEST_F(SandboxTest, AnswersBadRequestsInTheRealServersShape)
{
    EXPECT_EQ(Entry(std::string(64, '0')).at("error"), "entryNotFound");
    EXPECT_EQ(Entry("xyz").at("error"), "malformedRequest");
    const auto unnamed = Call("ledger_entry", {});
    EXPECT_EQ(unnamed.at("error"), "invalidParams");
    EXPECT_EQ(unnamed.at("error_code"), 31);
    EXPECT_EQ(Call("no_such", {}).at("error"), "unknownCmd");
    EXPECT_EQ(Call("account_channels", {{"account", "r"}}).at("error"), "actMalformed");
    EXPECT_EQ(Call("account_channels", {{"account", payer_.address()}}).at("error"), "actNotFound");
    EXPECT_EQ(
        Call("account_channels", {{"account", payer_.address()}, {"limit", "x"}}).at("status"),
        "error");
    EXPECT_EQ(Call("ledger", {{"ledger_index", 99'999}}).at("error"), "lgrNotFound");
    for (const auto* body : {"", "[]", "{\"method\":1}", "{"}) {
        EXPECT_NE(Answer(*ledger_, body).body.find("\"status\":\"error\""), std::string::npos);
    }
}

TEST_F(SandboxTest, IsTheSameAfterARestart)
{
    const auto id = CreateChannel();
    Call("sandbox_set_network_id", {{"network_id", 21338}});
    const auto file =
        std::filesystem::temp_directory_path() / ("berth-ledger-" + ToHex(RandomBytes(6)));
    ASSERT_TRUE(WriteLedger(file, ledger_->state()).has_value());
    const auto index = ledger_->state().index;
    auto state = ReadLedger(file);
    std::filesystem::remove(file);
    ASSERT_TRUE(state.has_value());
    const auto node = Entry(id).at("node");
    ledger_.emplace(std::move(*state), clock_);
    EXPECT_EQ(Entry(id).at("node"), node);
    EXPECT_GT(ledger_->state().index, index);
    EXPECT_EQ(Call("server_info", {}).at("info").at("network_id"), 21338);
    EXPECT_NE(CreateChannel(), id);
}

}  // namespace
}  // namespace berth::rails::sandbox
