#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "relay-image/protocol/filter_memory.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

const std::map<std::string, std::string> kAsksForInformation{{"Accept", "application/nostr+json"}};

/// A relay with low limits; each test reads its limit in the NIP-11 document, then goes to it and
/// one over.
class LimitsTest : public RelayTest {
protected:
    std::size_t Stated(const char* name)
    {
        const auto answer = Fetch(relay_.port(), "/", kAsksForInformation);
        return static_cast<std::size_t>(
            boost::json::parse(answer.body).at("limitation").at(name).as_int64());
    }
    std::string ReplyTo(const std::string& message)
    {
        client_.Send(message);
        return std::string{client_.Receive().at(0).as_string()};
    }
    static std::string Repeated(const std::string& item, std::size_t count)
    {
        std::string list;
        for (std::size_t i = 0; i < count; ++i) list += (i ? "," : "") + item;
        return list;
    }

    RelayProcess relay_{NewDatabase(),
                        {{"MAX_MESSAGE_BYTES", "4096"},
                         {"MAX_SUBSCRIPTIONS", "3"},
                         {"MAX_FILTERS", "2"},
                         {"MAX_LIMIT", "4"},
                         {"MAX_SUBID_LENGTH", "8"},
                         {"MAX_EVENT_TAGS", "5"},
                         {"MAX_CONTENT_LENGTH", "20"},
                         {"CREATED_AT_LOWER_LIMIT", "1000"},
                         {"CREATED_AT_UPPER_LIMIT", "100"}}};
    RelayClient client_{relay_.port()};
};

TEST_F(LimitsTest, MessageBytes)
{
    const auto most = Stated("max_message_length");
    const std::string head = "[\"NONE\",\"", tail = "\"]";
    const auto fitting = head + std::string(most - head.size() - tail.size(), 'x') + tail;
    EXPECT_EQ(ReplyTo(fitting), "NOTICE");
    client_.Send(fitting + " ");
    EXPECT_EQ(client_.ReceiveClose(), 1009U);
}

TEST_F(LimitsTest, Subscriptions)
{
    const auto most = Stated("max_subscriptions");
    const auto request = [](std::size_t i) {
        return "[\"REQ\",\"s" + std::to_string(i) + "\",{\"limit\":0}]";
    };
    for (std::size_t i = 0; i < most; ++i) EXPECT_EQ(ReplyTo(request(i)), "EOSE");
    EXPECT_EQ(ReplyTo(request(most)), "CLOSED");
    EXPECT_EQ(ReplyTo(request(0)), "EOSE") << "replacing one takes no room";
    client_.Send("[\"CLOSE\",\"s0\"]");
    EXPECT_EQ(ReplyTo(request(most)), "EOSE");
}

TEST_F(LimitsTest, FilterBytes)
{
    const std::string filter = R"({"#t":["a","b","c"]})";
    const auto each = MemoryOf({ParseFilter(boost::json::parse(filter)).value()});
    constexpr std::size_t kMost = 4;
    const RelayProcess relay{NewDatabase(), {{"MAX_FILTER_BYTES", std::to_string(kMost * each)}}};
    RelayClient client{relay.port()};
    const auto reply_to = [&](const std::string& name, const std::string& filters) {
        client.Send("[\"REQ\"," + Quoted(name) + "," + filters + "]");
        return std::string{client.Receive().at(0).as_string()};
    };
    for (std::size_t i = 0; i < kMost; ++i) EXPECT_EQ(reply_to(std::to_string(i), filter), "EOSE");
    EXPECT_EQ(reply_to("more", filter), "CLOSED");
    EXPECT_EQ(reply_to("0", filter), "EOSE") << "replacing one takes no room";
    client.Send("[\"CLOSE\",\"1\"]");
    EXPECT_EQ(reply_to("more", filter), "EOSE");
    EXPECT_EQ(reply_to("2", filter + "," + filter), "CLOSED") << "one filter over";
    EXPECT_EQ(reply_to("again", filter), "EOSE") << "what was refused is gone";
}

TEST_F(LimitsTest, FilterBytesOfACountAndOfASync)
{
    const std::string filter = R"({"#t":["a","b","c"]})";
    const auto each = MemoryOf({ParseFilter(boost::json::parse(filter)).value()});
    const RelayProcess relay{NewDatabase(), {{"MAX_FILTER_BYTES", std::to_string(2 * each)}}};
    RelayClient client{relay.port()};
    const auto reply_to = [&](const std::string& message) {
        client.Send(message);
        return std::string{client.Receive().at(0).as_string()};
    };
    const auto count = "[\"COUNT\",\"c\"," + filter + "]";
    const auto sync = "[\"NEG-OPEN\",\"n\"," + filter + ",\"6100000200\"]";
    const auto req = "[\"REQ\",\"r\"," + filter + "]";
    EXPECT_EQ(reply_to("[\"REQ\",\"q\"," + filter + "]"), "EOSE");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(reply_to(count), "COUNT") << "its room is given back";
        EXPECT_EQ(reply_to(sync), "NEG-MSG");
    }
    EXPECT_EQ(reply_to(req), "EOSE");
    EXPECT_EQ(reply_to(count), "CLOSED");
    EXPECT_EQ(reply_to(sync), "NEG-ERR");
}

TEST_F(LimitsTest, Filters)
{
    const auto most = Stated("max_filters");
    EXPECT_EQ(ReplyTo("[\"REQ\",\"s\"," + Repeated("{}", most) + "]"), "EOSE");
    EXPECT_EQ(ReplyTo("[\"REQ\",\"s\"," + Repeated("{}", most + 1) + "]"), "CLOSED");
}

TEST_F(LimitsTest, StoredEventsOfAFilter)
{
    const auto most = Stated("max_limit");
    for (std::size_t i = 0; i <= most; ++i) {
        ASSERT_EQ(client_.Publish(Sign(alice_, {.content = std::to_string(i)})), "true");
    }
    EXPECT_EQ(client_.Query("{}").size(), most);
    EXPECT_EQ(client_.Query("{\"limit\":" + std::to_string(most + 1) + "}").size(), most);
}

TEST_F(LimitsTest, SubscriptionIdLength)
{
    const auto most = Stated("max_subid_length");
    EXPECT_EQ(ReplyTo("[\"REQ\",\"" + std::string(most, 'x') + "\",{}]"), "EOSE");
    EXPECT_EQ(ReplyTo("[\"REQ\",\"" + std::string(most + 1, 'x') + "\",{}]"), "NOTICE");
}

TEST_F(LimitsTest, EventTags)
{
    const auto most = Stated("max_event_tags");
    const std::vector<nostr::Tag> fitting(most, {"t", "x"});
    const std::vector<nostr::Tag> over(most + 1, {"t", "x"});
    EXPECT_EQ(client_.Publish(Sign(alice_, {.tags = fitting})), "true");
    EXPECT_TRUE(client_.Publish(Sign(alice_, {.tags = over})).starts_with("false:invalid:"));
}

TEST_F(LimitsTest, ContentCharacters)
{
    const auto most = Stated("max_content_length");
    std::string fitting;
    for (std::size_t i = 0; i < most; ++i) fitting += "\xC3\xA9";  // One character, two bytes.
    EXPECT_EQ(client_.Publish(Sign(alice_, {.content = fitting})), "true");
    EXPECT_TRUE(
        client_.Publish(Sign(alice_, {.content = fitting + "x"})).starts_with("false:invalid:"));
}

TEST_F(LimitsTest, AgeAndFutureOfAnEvent)
{
    const auto age = static_cast<std::int64_t>(Stated("created_at_lower_limit"));
    const auto ahead = static_cast<std::int64_t>(Stated("created_at_upper_limit"));
    constexpr std::int64_t kClockTick = 5;  // The second may change between signing and checking.
    const auto outcome = [&](std::int64_t at) {
        return client_.Publish(Sign(alice_, {.created_at = at})).substr(0, 13);
    };
    EXPECT_EQ(outcome(Now() - age + kClockTick), "true");
    EXPECT_EQ(outcome(Now() - age - 1), "false:invalid");
    EXPECT_EQ(outcome(Now() + ahead), "true");
    EXPECT_EQ(outcome(Now() + ahead + kClockTick), "false:invalid");
}

TEST_F(LimitsTest, InformationIsReadableFromOtherSites)
{
    const auto answer = Fetch(relay_.port(), "/", kAsksForInformation);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.headers.at("content-type"), "application/nostr+json");
    EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "*");
    EXPECT_EQ(boost::json::parse(answer.body).at("supported_nips"),
              (boost::json::array{1, 9, 11, 13, 17, 40, 42, 45, 50, 59, 62, 67, 70, 77, 86}));
    EXPECT_EQ(Fetch(relay_.port(), "/", {}, "OPTIONS").status, 204U);
}

}  // namespace
}  // namespace berth::relay::test
