#include <set>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "tests/integration/relay_fanout/fanout_fixture.hpp"

namespace berth::relay::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FanoutOutageTest : public FanoutTest {
protected:
    /// Publishes some events, one by one.
    void PublishSome(RelayClient& writer)
    {
        for (int i = 0; i < 20; ++i) {
            const auto event = Sign(alice_, {.content = std::to_string(published_.size())});
            ASSERT_EQ(writer.Publish(event), "true");
            published_.insert(event.id);
        }
    }
    /// The relay says what is wrong, and its readers get all events all the same.
    void ServesWithout(const std::string& redis_url, const std::string& warning)
    {
        RelayProcess one{database_, Using(redis_url)};
        RelayProcess two{database_, Using(redis_url)};
        ASSERT_TRUE(two.LogShows("Redis carries no live events; the database does"));
        const auto health = HealthOf(two);
        EXPECT_EQ(health.at("status").as_string(), "ok");
        EXPECT_EQ(health.at("services").at("redis").as_string(), "down");
        EXPECT_THAT(boost::json::serialize(health.at("warnings")), HasSubstr(warning));
        RelayClient reader{two.port()}, writer{one.port()};
        Subscribe(reader, "{}");
        const auto event = Sign(alice_), ephemeral = Sign(alice_, {.kind = 20001});
        ASSERT_EQ(writer.Publish(event), "true");
        EXPECT_THAT(Until(reader, event.id), ElementsAre(event.id));
        ASSERT_EQ(writer.Publish(ephemeral), "true");
        EXPECT_THAT(Until(reader, ephemeral.id), ElementsAre(ephemeral.id));
    }

    std::set<std::string> published_;
};

TEST_F(FanoutOutageTest, EveryEventArrivesOnceWhileRedisDiesAndComesBack)
{
    PrivateRedis redis;
    RelayProcess one{database_, Using(redis.Url())};
    RelayProcess two{database_, Using(redis.Url())};
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "ok");
    RelayClient reader{two.port()}, writer{one.port()};
    Subscribe(reader, "{}");
    PublishSome(writer);
    redis.Kill();
    PublishSome(writer);
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "down");
    const auto before = Metric(two, "berth_relay_redis_events_received_total");
    redis.Start();
    PublishSome(writer);
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "ok");
    PublishSome(writer);
    AwaitMetric(two, "berth_relay_redis_events_received_total", before + 1);
    redis.Kill();
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "down");
    const auto last = PublishLast(writer);
    published_.insert(last);
    const auto arrived = Until(reader, last);
    EXPECT_EQ(arrived.size(), published_.size());
    EXPECT_EQ(std::set(arrived.begin(), arrived.end()), published_);
}

TEST_F(FanoutOutageTest, EventsArriveWhileRedisHangs)
{
    PrivateRedis redis;
    RelayProcess one{database_, Using(redis.Url())};
    RelayProcess two{database_, Using(redis.Url())};
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "ok");
    RelayClient reader{two.port()}, writer{one.port()};
    Subscribe(reader, "{}");
    redis.Pause();
    const auto event = Sign(alice_), ephemeral = Sign(alice_, {.kind = 20001});
    ASSERT_EQ(writer.Publish(event), "true");
    EXPECT_THAT(Until(reader, event.id), ElementsAre(event.id));
    ASSERT_EQ(writer.Publish(ephemeral), "true");
    EXPECT_THAT(Until(reader, ephemeral.id), ElementsAre(ephemeral.id));
    redis.Resume();
    for (const auto* relay : {&one, &two}) AwaitRedis(*relay, "ok");
    const auto again = Sign(alice_, {.kind = 20001, .content = "again"});
    ASSERT_EQ(writer.Publish(again), "true");
    EXPECT_THAT(Until(reader, again.id), ElementsAre(again.id));
}

TEST_F(FanoutOutageTest, TheDatabaseCarriesWhereThePasswordIsWrong)
{
    const PrivateRedis redis{"sesame"};
    ServesWithout(redis.Url("parsley"), "Redis refuses this relay");
}

TEST_F(FanoutOutageTest, TheDatabaseCarriesWhereThePasswordIsMissing)
{
    const PrivateRedis redis{"sesame"};
    ServesWithout(redis.Url(""), "Redis refuses this relay");
}

TEST_F(FanoutOutageTest, TheDatabaseCarriesWhereRedisNeverSaysAWord)
{
    const SilentServer silent;
    ServesWithout(silent.Url(), "Redis does not answer");
}

TEST_F(FanoutOutageTest, OneRelayWithRedisTellsOneWithout)
{
    const PrivateRedis redis;
    RelayProcess one{database_, Using(redis.Url())};
    RelayProcess two{database_, Using({})};
    AwaitRedis(one, "ok");
    RelayClient reader{two.port()}, writer{one.port()};
    Subscribe(reader, "{}");
    const auto ephemeral = Sign(alice_, {.kind = 20001});
    ASSERT_EQ(writer.Publish(ephemeral), "true");
    EXPECT_THAT(Until(reader, ephemeral.id), ElementsAre(ephemeral.id));
}

TEST_F(FanoutOutageTest, ALmdbRelayDoesNotStartWithRedis)
{
    const auto settings = Using("redis://127.0.0.1:1");
    EXPECT_THROW((RelayProcess{NewLmdb(), settings}), std::runtime_error);
}

}  // namespace
}  // namespace berth::relay::test
