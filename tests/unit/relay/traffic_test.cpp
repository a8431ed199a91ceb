#include "relay-image/session/traffic.hpp"

#include <gtest/gtest.h>

#include "relay-image/http/metrics.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

bool Has(const std::string& text, const std::string& line)
{
    return text.find(line + "\n") != std::string::npos;
}

TEST(TrafficTest, CountsMessagesByVerbWhateverIsInThem)
{
    Figures figures;
    figures.traffic.CountFromClient("[\"REQ\",\"s\",{}]");
    figures.traffic.CountFromClient(" [ \"REQ\" ,\"t\",{}]");
    for (const auto* odd : {"[\"DANCE\"]", "", "[]", "\"", "[\"\n} 1\"]"}) {
        figures.traffic.CountFromClient(odd);
    }
    figures.traffic.CountToClient("[\"EOSE\",\"s\"]");
    const auto text = MetricsText(figures, {});
    EXPECT_TRUE(Has(text, "nostr_client_messages_total{verb=\"REQ\"} 2"));
    EXPECT_TRUE(Has(text, "nostr_client_messages_total{verb=\"OTHER\"} 5"));
    EXPECT_TRUE(Has(text, "nostr_relay_messages_total{verb=\"EOSE\"} 1"));
    EXPECT_EQ(text.find("verb=\"NOTICE\""), std::string::npos);
}

TEST(TrafficTest, NamesTwoHundredKindsAndCountsTheRestTogether)
{
    Figures figures;
    for (int kind = 0; kind < 300; ++kind) figures.traffic.CountEvent(kind);
    figures.traffic.CountEvent(0);
    const auto text = MetricsText(figures, {});
    EXPECT_TRUE(Has(text, "nostr_events_total{kind=\"0\"} 2"));
    EXPECT_TRUE(Has(text, "nostr_events_total{kind=\"199\"} 1"));
    EXPECT_TRUE(Has(text, "nostr_events_total{kind=\"other\"} 100"));
    EXPECT_EQ(text.find("kind=\"200\""), std::string::npos);
}

TEST(TrafficTest, SumsAHistogramUpFromBucketToBucket)
{
    Figures figures;
    for (const auto took : {1ms, 2ms, 3ms, 11000ms}) figures.traffic.publishing.Add(took);
    const auto text = MetricsText(figures, {});
    const std::string name = "berth_relay_publish_duration_seconds";
    EXPECT_TRUE(Has(text, name + "_bucket{le=\"0.001\"} 1"));
    EXPECT_TRUE(Has(text, name + "_bucket{le=\"0.005\"} 3"));
    EXPECT_TRUE(Has(text, name + "_bucket{le=\"10\"} 3"));
    EXPECT_TRUE(Has(text, name + "_bucket{le=\"+Inf\"} 4"));
    EXPECT_TRUE(Has(text, name + "_sum 11.006"));
    EXPECT_TRUE(Has(text, name + "_count 4"));
}

TEST(TrafficTest, SaysNothingAboutAStoreThatDoesNotAnswer)
{
    EXPECT_EQ(MetricsText({}, {}).find("berth_relay_stored_events"), std::string::npos);
    const MetricsState state{.version = "1", .store = StoreFigures{.events = 7}};
    EXPECT_TRUE(Has(MetricsText({}, state), "berth_relay_stored_events 7"));
}

TEST(MetricsTest, TellOfRedisWhereItIsUsed)
{
    EXPECT_EQ(MetricsText({}, {}).find("redis"), std::string::npos);
    MetricsState state;
    state.redis = RedisState::kUp;
    state.fanout = {.sent = 3, .received = 2, .refused = 1};
    const auto text = MetricsText({}, state);
    EXPECT_TRUE(Has(text, "berth_relay_redis_up 1"));
    EXPECT_TRUE(Has(text, "berth_relay_redis_events_sent_total 3"));
    EXPECT_TRUE(Has(text, "berth_relay_redis_events_received_total 2"));
    EXPECT_TRUE(Has(text, "berth_relay_redis_messages_refused_total 1"));
    state.redis = RedisState::kRefuses;
    EXPECT_TRUE(Has(MetricsText({}, state), "berth_relay_redis_up 0"));
}

}  // namespace
}  // namespace berth::relay
