#include <gmock/gmock.h>

#include "tests/integration/relay_fanout/fanout_fixture.hpp"

namespace berth::relay::test {
namespace {

using testing::ElementsAre;

/// With Redis, which carries.
class RedisFanoutTest : public FanoutTest {
protected:
    RedisFanoutTest()
    {
        for (const auto* relay : {&one_, &two_}) AwaitRedis(*relay, "ok");
    }

    PrivateRedis redis_{"sesame"};
    RelayProcess one_{database_, Using(redis_.Url())};
    RelayProcess two_{database_, Using(redis_.Url())};
    RelayClient writer_{one_.port()};
};

TEST_F(RedisFanoutTest, AnEventArrivesOnceAndByRedis)
{
    RelayClient far{two_.port()}, near{one_.port()};
    Subscribe(far, R"({"kinds":[1]})");
    Subscribe(near, R"({"kinds":[1]})");
    const auto event = Sign(alice_);
    ASSERT_EQ(writer_.Publish(event), "true");
    ASSERT_THAT(Until(far, event.id), ElementsAre(event.id));
    AwaitMetric(two_, "berth_relay_redis_events_received_total", 1);
    AwaitMetric(one_, "berth_relay_redis_events_sent_total", 1);
    EXPECT_EQ(Metric(two_, "berth_relay_redis_up"), 1);
    redis_.Kill();
    AwaitRedis(two_, "down");
    const auto last = PublishLast(writer_);
    EXPECT_THAT(Until(far, last), ElementsAre(last));
    EXPECT_THAT(Until(near, last), ElementsAre(event.id, last));
}

TEST_F(RedisFanoutTest, AnEphemeralEventTravels)
{
    RelayClient reader{two_.port()};
    Subscribe(reader, R"({"kinds":[20001]})");
    const auto large = Sign(alice_, {.kind = 20001, .content = std::string(20'000, 'x')});
    ASSERT_EQ(writer_.Publish(large), "true");
    EXPECT_THAT(Until(reader, large.id), ElementsAre(large.id));
}

TEST_F(RedisFanoutTest, WhatIsForgedIsNotDelivered)
{
    RelayClient reader{two_.port()};
    Subscribe(reader, "{}");
    auto forged = Sign(bob_, {.content = "bob owes nothing"});
    forged.content = "bob owes alice";
    forged.id = nostr::ComputeId(forged);
    const std::string sender(32, '0');
    for (const auto& message :
         {sender + " " + nostr::ToJson(forged), nostr::ToJson(forged), sender + " {}", sender,
          std::string{}, std::string(1 << 20, '['), std::string{"\xff\0\r\n*3\r\n", 9}}) {
        redis_.Publish("berth_relay", message);
    }
    const auto event = Sign(alice_);
    ASSERT_EQ(writer_.Publish(event), "true");
    EXPECT_THAT(Until(reader, event.id), ElementsAre(event.id));
    AwaitMetric(two_, "berth_relay_redis_messages_refused_total", 7);
    EXPECT_TRUE(two_.LogShows("what another relay seems to have sent is not delivered"));
}

TEST_F(RedisFanoutTest, AGiftWrapReachesItsReaderAlone)
{
    const auto wrap = Sign(alice_, {.kind = 1059, .tags = {{"p", bob_.pubkey()}}});
    RelayClient reader{two_.port()}, other{two_.port()};
    const auto url = "ws://127.0.0.1:" + std::to_string(two_.port());
    ASSERT_EQ(reader.Authenticate(bob_, url), "true");
    for (auto* client : {&reader, &other}) {
        Subscribe(*client, R"({"authors":[")" + alice_.pubkey() + R"("]})");
    }
    ASSERT_EQ(writer_.Publish(wrap), "true");
    ASSERT_THAT(Until(reader, wrap.id), ElementsAre(wrap.id));
    const auto last = PublishLast(writer_);
    EXPECT_THAT(Until(other, last), ElementsAre(last));
}

/// By the database alone.
class NoticeFanoutTest : public FanoutTest {
protected:
    RelayProcess one_{database_, Using({})};
    RelayProcess two_{database_, Using({})};
    RelayClient writer_{one_.port()};
};

TEST_F(NoticeFanoutTest, TheReadersOfTheWritersOwnRelayGetAnEventOnce)
{
    RelayClient near{one_.port()};
    Subscribe(near, R"({"kinds":[1]})");
    const auto event = Sign(alice_);
    ASSERT_EQ(writer_.Publish(event), "true");
    RelayClient far{two_.port()};
    const auto last = PublishLast(far);
    EXPECT_THAT(Until(near, last), ElementsAre(event.id, last));
}

TEST_F(NoticeFanoutTest, AnEphemeralEventTravelsOnceIfANoticeCanHoldIt)
{
    RelayClient far{two_.port()}, near{one_.port()};
    Subscribe(far, "{}");
    Subscribe(near, "{}");
    const auto large = Sign(alice_, {.kind = 20001, .content = std::string(8'000, 'x')});
    const auto small = Sign(alice_, {.kind = 20001, .content = std::string(7'000, 'x')});
    ASSERT_EQ(writer_.Publish(large), "true");
    ASSERT_EQ(writer_.Publish(small), "true");
    EXPECT_THAT(Until(far, small.id), ElementsAre(small.id));
    const auto last = PublishLast(writer_);
    EXPECT_THAT(Until(far, last), ElementsAre(last));
    EXPECT_THAT(Until(near, last), ElementsAre(large.id, small.id, last));
    EXPECT_EQ(RedisOf(one_), "disabled");
}

}  // namespace
}  // namespace berth::relay::test
