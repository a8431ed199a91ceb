#include <algorithm>
#include <csignal>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

/// A relay with no database beside it.
class SoloTest : public RelayTest {
protected:
    const std::string database_ = NewLmdb();
    RelayProcess relay_{database_};
};

TEST_F(SoloTest, ServesFromAFolderOfItsOwn)
{
    RelayClient client{relay_.port()};
    const auto event = Sign(alice_, {.tags = {{"t", "solo"}}});
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Query(R"({"#t":["solo"]})"), std::vector{event.id});
    const auto health = boost::json::parse(Fetch(relay_.port(), "/health").body);
    EXPECT_EQ(health.at("services").at("lmdb"), "ok");
    EXPECT_EQ(health.at("services").at("postgresql"), "disabled");
}

TEST_F(SoloTest, HasEveryAcknowledgedEventAfterKill)
{
    constexpr std::size_t kEnough = 300;
    std::vector<std::string> acknowledged;
    {
        RelayClient client{relay_.port()};
        for (std::size_t i = 0; i < 2 * kEnough; ++i) {
            const auto event = Sign(alice_, {.content = std::to_string(i)});
            client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
        }
        while (acknowledged.size() < kEnough) {
            acknowledged.emplace_back(client.ReceiveOnly("OK").at(1).as_string());
        }
        relay_.Kill();  // While the other half is on its way.
    }
    relay_.Start();
    RelayClient client{relay_.port()};
    std::string list;
    for (const auto& id : acknowledged) list += (list.empty() ? "" : ",") + Quoted(id);
    auto kept = client.Query("{\"ids\":[" + list + "]}");
    std::ranges::sort(kept);
    std::ranges::sort(acknowledged);
    EXPECT_EQ(kept, acknowledged);
}

TEST_F(SoloTest, ForgetsByItsRulesAndSaysSo)
{
    RelayProcess relay{NewLmdb(), {{"RETENTION", "kinds=7 age=1h"}}};
    const auto document =
        boost::json::parse(Fetch(relay.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(document.at("retention").at(0).at("time"), 3'600);
    RelayClient client{relay.port()};
    const auto kept = Sign(alice_, {.created_at = Now() - 7'200});
    ASSERT_EQ(client.Publish(kept), "true");
    ASSERT_EQ(client.Publish(Sign(alice_, {.kind = 7, .created_at = Now() - 7'200})), "true");
    relay.Terminate();
    relay.Start();  // It begins with a round.
    RelayClient again{relay.port()};
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (again.Query("{}").size() > 1 && std::chrono::steady_clock::now() < limit) {}
    EXPECT_EQ(again.Query("{}"), std::vector{kept.id});
}

TEST_F(SoloTest, SharesItsFolderWithAnotherProcess)
{
    RelayProcess second{database_};
    RelayClient one{relay_.port()}, two{second.port()};
    const auto a = Sign(alice_, {.content = "a"}), b = Sign(alice_, {.content = "b"});
    EXPECT_EQ(one.Publish(a), "true");
    EXPECT_EQ(two.Publish(b), "true");
    EXPECT_EQ(one.Query("{}").size(), 2U);
    EXPECT_EQ(two.Query("{}").size(), 2U);
}

}  // namespace
}  // namespace berth::relay::test
