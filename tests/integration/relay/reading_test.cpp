#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

namespace json = boost::json;

class ReadingTest : public RelayTest {
protected:
    /// What stands behind the subscription in the EOSE for these filters: hints, or null.
    static json::value HintsFor(RelayClient& client, const std::string& filters)
    {
        client.Send("[\"REQ\",\"s\"," + filters + "]");
        const auto eose = client.ReceiveOnly("EOSE");
        client.Send("[\"CLOSE\",\"s\"]");
        return eose.size() > 2 ? eose.at(2) : json::value{};
    }
};

TEST_F(ReadingTest, SaysWhetherItHasSentEverything)
{
    RelayProcess relay{NewDatabase(), {{"MAX_LIMIT", "3"}}};
    RelayClient client{relay.port()};
    const json::value finish = json::array{"finish"};
    const json::value more = json::array{"more"};
    EXPECT_EQ(HintsFor(client, "{}"), finish);
    for (int i = 0; i < 3; ++i) {
        const auto event = Sign(alice_, {.kind = i, .created_at = Now() - i});
        ASSERT_EQ(client.Publish(event), "true");
    }
    EXPECT_EQ(HintsFor(client, "{}"), finish) << "as many as the limit, and no more";
    EXPECT_EQ(HintsFor(client, R"({"limit":2})"), more);
    EXPECT_EQ(HintsFor(client, R"({"limit":2},{})"), json::value{})
        << "what the first lacks came by the second, as far as the relay knows";
    EXPECT_EQ(HintsFor(client, R"({"limit":1},{"limit":2})"), more);
    EXPECT_EQ(HintsFor(client, R"({"limit":0})"), json::value{}) << "nobody has looked";
    EXPECT_EQ(HintsFor(client, R"({"kinds":[]})"), finish);
    ASSERT_EQ(client.Publish(Sign(alice_, {.kind = 7})), "true");
    EXPECT_EQ(HintsFor(client, R"({"limit":100})"), more) << "the relay's own limit is lower";
}

}  // namespace
}  // namespace berth::relay::test
