// What happens while nobody can verify payments.
#include <gmock/gmock.h>

#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class OutageTest : public PaymentsTest {
protected:
    static std::string VerifierOf(const RelayProcess& relay)
    {
        return Text(Page(relay, "/health").at("services").at("payment_verifier"));
    }
    static void ExpectDown(const RelayProcess& relay)
    {
        ASSERT_TRUE(Becomes([&] { return VerifierOf(relay) == "down"; }));
        const auto answer = Fetch(relay.port(), "/health");
        EXPECT_EQ(answer.status, 200U);
        EXPECT_THAT(answer.body, HasSubstr("payments cannot be verified"));
        EXPECT_EQ(MetricOf(relay, "berth_relay_payments_verifier_up"),
                  "berth_relay_payments_verifier_up 0");
    }
};

TEST_F(OutageTest, PaidKindsAreDeniedAndFreeOnesAreNot)
{
    const RelayProcess relay{NewDatabase(), Local()};
    ASSERT_TRUE(Becomes([&] { return VerifierOf(relay) == "ok"; }));
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 20, 1, {.content = "a"})), "true");
    chain_.Stop();
    // A claim of a channel that was read a moment ago is still sound; another's is nobody's guess.
    const auto paid = Paid(other_, std::string(64, 'A'), 20, 1);
    EXPECT_EQ(client.Publish(paid),
              "false:error: the payment cannot be verified now; send it again later");
    ExpectDown(relay);
    EXPECT_EQ(client.Publish(Sign(other_.key, {.kind = 0, .content = "{}"})), "true");
    EXPECT_EQ(client.Publish(Sign(payer_.key, {.content = "from the balance"})), "true");
    EXPECT_THAT(client.Publish(Sign(payer_.key, {.content = "beyond it"})),
                StartsWith("false:restricted: payment required"));
    chain_.Start();
    EXPECT_TRUE(Becomes([&] { return VerifierOf(relay) == "ok"; }));
}

TEST_F(OutageTest, TakesEventsAndSettlesTheirClaimsLaterIfToldTo)
{
    RelayProcess relay{NewDatabase(), Local({{"PAYMENT_WHEN_DOWN", "accept"}})};
    const auto channel = OpenChannel(payer_, 1'000);
    chain_.Stop();
    {
        RelayClient client{relay.port()};
        EXPECT_EQ(client.Publish(Paid(payer_, channel, 10, 1, {.content = "a"})), "true");
        ExpectDown(relay);
        EXPECT_EQ(client.Publish(Paid(payer_, channel, 30, 2, {.content = "b"})), "true");
        EXPECT_THAT(client.Publish(Paid(payer_, channel, 30, 3, {.content = "covers no more"})),
                    StartsWith("true"));
        EXPECT_THAT(client.Publish(Paid(payer_, channel, 30, 4, {.content = "nor this"})),
                    StartsWith("false:"));
    }
    EXPECT_EQ(BalanceOf(relay, payer_.key), "-30");
    EXPECT_EQ(AccountOf(relay, payer_.key).at("unsettled"), 3);
    relay.Kill();
    chain_.Start();
    relay.Start();
    EXPECT_TRUE(Becomes([&] { return AccountOf(relay, payer_.key).at("unsettled") == 0; }));
    const auto account = AccountOf(relay, payer_.key);
    EXPECT_EQ(account.at("balance"), "0");
    EXPECT_EQ(account.at("received"), "30");
}

TEST_F(OutageTest, AClaimThatWasNotGoodAfterAllLeavesADebt)
{
    RelayProcess relay{NewDatabase(), Local({{"PAYMENT_WHEN_DOWN", "accept"}})};
    const auto channel = OpenChannel(payer_, 1'000);
    chain_.Stop();
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 5'000, 1)), "true") << "more than it holds";
    chain_.Start();
    EXPECT_TRUE(relay.LogShows("a claim was not good after all"));
    EXPECT_TRUE(Becomes([&] { return AccountOf(relay, payer_.key).at("unsettled") == 0; }));
    EXPECT_EQ(BalanceOf(relay, payer_.key), "-10");
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 15, 2, {.content = "pays the debt only"})),
                HasSubstr("10 drops are due and the balance is 5"));
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 20, 3, {.content = "and this"})), "true");
}

}  // namespace
}  // namespace berth::relay::test
