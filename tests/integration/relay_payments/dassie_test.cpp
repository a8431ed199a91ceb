// Claims that a Dassie node verifies, over its WebSocket.
#include <atomic>
#include <future>

#include <gmock/gmock.h>

#include "tests/integration/relay_payments/dassie_node.hpp"
#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::string kChannel(64, 'C');

class DassieTest : public RelayTest {
protected:
    RelayProcess::Settings Settings(RelayProcess::Settings more = {}) const
    {
        more.insert({{"PAYMENT_VERIFIER", "dassie"},
                     {"PAYMENT_DASSIE_URL", node_.url()},
                     {"PAYMENT_DASSIE_TOKEN", DassieNode::token()},
                     {"PAYMENT_PUBLICATION", "*=10"},
                     {"PUBLIC_METRICS", "true"}});
        return more;
    }
    nostr::Event Paid(std::int64_t drops, std::uint64_t nonce, EventDraft draft = {}) const
    {
        draft.tags.push_back({"payment", "ilp", kChannel, std::to_string(drops),
                              std::to_string(nonce), "ab", "XRP"});
        return Sign(alice_, std::move(draft));
    }

    std::mutex mutex_;
    json::object seen_;
    DassieNode node_{[this](const json::object& parameters) -> json::object {
        const std::scoped_lock lock{mutex_};
        seen_ = parameters;
        if (parameters.at("amountSats").to_number<std::int64_t>() <= 1'000) {
            return {{"valid", true}};
        }
        return {{"valid", false}, {"reason", "insufficient-channel-balance"}};
    }};
};

TEST_F(DassieTest, TheNodeSaysWhetherAClaimIsGood)
{
    const RelayProcess relay{NewDatabase(), Settings()};
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Paid(30, 1, {.content = "a"})), "true");
    EXPECT_EQ(client.Publish(Paid(30, 1, {.content = "the same claim"})), "true");
    EXPECT_THAT(client.Publish(Paid(2'000, 2, {.content = "b"})), "true") << "from the balance";
    EXPECT_THAT(client.Publish(Paid(2'000, 2, {.content = "c"})),
                HasSubstr("the claim is refused: insufficient-channel-balance"));
    EXPECT_EQ(BalanceOf(relay, alice_), "0");
    const std::scoped_lock lock{mutex_};
    EXPECT_EQ(Text(seen_.at("channelId")), kChannel);
    EXPECT_EQ(seen_.at("nonce"), 2);
    EXPECT_EQ(seen_.at("currency"), "XRP");
}

TEST_F(DassieTest, ANodeThatRefusesTheTokenIsDown)
{
    const RelayProcess relay{NewDatabase(), Settings({{"PAYMENT_DASSIE_TOKEN", "another"}})};
    EXPECT_TRUE(Becomes(
        [&] { return Page(relay, "/health").at("services").at("payment_verifier") == "down"; }));
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Paid(30, 1)),
              "false:error: the payment cannot be verified now; send it again later");
    EXPECT_EQ(node_.asked(), 0);
}

TEST_F(DassieTest, SigtermAnswersTheEventWhosePaymentIsBeingVerified)
{
    RelayProcess relay{NewDatabase(), Settings()};
    const auto event = Paid(30, 1);
    {
        RelayClient client{relay.port()};
        node_.Hold();
        auto published = std::async(std::launch::async, [&] { return client.Publish(event); });
        ASSERT_TRUE(node_.AwaitHeld());
        auto ended = std::async(std::launch::async, [&] { return relay.Terminate(); });
        ASSERT_TRUE(relay.LogShows("\"draining\""));
        node_.Release();
        EXPECT_EQ(published.get(), "true");
        EXPECT_EQ(ended.get(), 0);
    }
    relay.Start();
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Query("{}"), std::vector{event.id});
    EXPECT_EQ(BalanceOf(relay, alice_), "20");
}

TEST_F(DassieTest, SigtermRefusesWhatCannotBeVerifiedInTimeAndEnds)
{
    RelayProcess relay{NewDatabase(), Settings({{"PAYMENT_VERIFY_TIMEOUT", "300ms"}})};
    RelayClient client{relay.port()};
    node_.Hold();
    auto published = std::async(std::launch::async, [&] { return client.Publish(Paid(30, 1)); });
    ASSERT_TRUE(node_.AwaitHeld());
    EXPECT_EQ(relay.Terminate(), 0);
    EXPECT_EQ(published.get(),
              "false:error: the payment cannot be verified now; send it again later");
}

}  // namespace
}  // namespace berth::relay::test
