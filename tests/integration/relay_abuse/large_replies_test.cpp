#include <span>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

/// A relay whose memory of the newest events holds few of these.
class LargeRepliesTest : public HostileTest {
protected:
    LargeRepliesTest() : HostileTest{{{"HOT_MEGABYTES", "1"}}} {}

    /// Publishes `count` events of 60 kB, one each second; their ids, newest first.
    std::vector<std::string> Fill(int count)
    {
        RelayClient writer{relay_.port()};
        std::vector<std::string> ids;
        for (int i = 0; i < count; ++i) {
            const auto event = Sign(
                alice_, {.content = std::string(60'000, 'x'), .created_at = 1'700'000'000 + i});
            EXPECT_EQ(writer.Publish(event), "true");
            ids.insert(ids.begin(), event.id);
        }
        return ids;
    }

    static std::string IdOf(const boost::json::array& message)
    {
        return std::string{message.at(2).at("id").as_string()};
    }
};

TEST_F(LargeRepliesTest, ComeWholeAndInTheirOrder)
{
    const auto ids = Fill(60);
    RelayClient client{relay_.port()};
    EXPECT_EQ(client.Query("{}"), ids);
    EXPECT_EQ(client.Query(R"({"limit":40},{"until":1700000030},{})"), ids);
}

TEST_F(LargeRepliesTest, LeaveOutWhatWasDeletedMeanwhile)
{
    auto ids = Fill(60);
    RelayClient reader{relay_.port()};
    reader.Send(R"(["REQ","all",{"kinds":[1]}])");
    EXPECT_EQ(IdOf(reader.ReceiveOnly("EVENT")), ids.front());
    RelayClient writer{relay_.port()};
    EXPECT_EQ(writer.Publish(Sign(alice_, {.kind = 5, .tags = {{"e", ids.back()}}})), "true");
    ids.pop_back();
    for (const auto& id : std::span{ids}.subspan(1)) {
        EXPECT_EQ(IdOf(reader.ReceiveOnly("EVENT")), id);
    }
    EXPECT_EQ(reader.Receive().at(0), "EOSE");
}

TEST_F(LargeRepliesTest, AreForgottenWhenTheirSubscriptionIsReplaced)
{
    const auto ids = Fill(60);
    RelayClient client{relay_.port()};
    for (int i = 0; i < 5; ++i) client.Send(R"(["REQ","one",{}])");
    client.Send(R"(["REQ","one",{"ids":[)" + Quoted(ids.back()) + "]}]");
    auto message = client.Receive();
    std::string last;
    for (; message.at(0) == "EVENT"; message = client.Receive()) last = IdOf(message);
    EXPECT_EQ(message.at(0), "EOSE");
    EXPECT_EQ(last, ids.back());
}

TEST_F(LargeRepliesTest, AreNeverWholeInMemory)
{
    const auto ids = Fill(300);
    RelayClient client{relay_.port()};
    client.Query(R"({"limit":20})");
    PeakMemory();
    const auto before = PeakMemory();
    EXPECT_EQ(client.Query("{}"), ids);
    EXPECT_LT(PeakMemory(), before + 10'000);  // In place of 18 MB, and 18 of the database.
}

TEST_F(LargeRepliesTest, TakeLittleMemoryHoweverManyWait)
{
    const auto ids = Fill(300);
    RelayClient client{relay_.port()};
    EXPECT_EQ(client.Query("{}"), ids);
    const auto before = AnonymousMemory();
    std::vector<RawClient> hostile;
    for (int i = 0; i < 40; ++i) {
        hostile.push_back(Opened());
        hostile.back().SendText(R"(["REQ","all",{}])");
    }
    EXPECT_EQ(client.Query("{}"), ids);
    EXPECT_LT(AnonymousMemory(), before + 40 * 2500);  // In place of 18 MB each.
}

}  // namespace
}  // namespace berth::relay::test
