#include <boost/json/object.hpp>

#include "core/base/encoding.hpp"
#include "relay-image/negentropy/reconciliation.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using negentropy::Differences;
using negentropy::ItemSet;
using negentropy::Reconciliation;

negentropy::Item ItemOf(const nostr::Event& event)
{
    return {static_cast<std::uint64_t>(event.created_at), negentropy::IdOf(*FromHex(event.id))};
}

class SyncTest : public RelayTest {
protected:
    /// Publishes `count` events of `kind`.
    std::vector<nostr::Event> Fill(RelayClient& client, int kind, int count)
    {
        std::vector<nostr::Event> events;
        for (int i = 0; i < count; ++i) {
            events.push_back(Sign(
                alice_, {.kind = kind, .content = std::to_string(i), .created_at = Now() - i}));
            EXPECT_EQ(client.Publish(events.back()), "true");
        }
        return events;
    }

    static std::string Open(const std::string& filter, const std::string& message)
    {
        return "[\"NEG-OPEN\",\"n\"," + filter + ",\"" + ToHex(message) + "\"]";
    }

    static std::string ErrorOf(RelayClient& client)
    {
        return std::string{client.ReceiveOnly("NEG-ERR").at(2).as_string()};
    }
};

TEST_F(SyncTest, FindsWhatClientAndRelayLack)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto notes = Fill(client, 1, 100);
    Fill(client, 7, 5);
    std::vector<negentropy::Item> items;
    for (std::size_t i = 10; i < notes.size(); ++i) items.push_back(ItemOf(notes[i]));
    const auto own = ItemOf(Sign(alice_, {.content = "not published"}));
    items.push_back(own);
    const Reconciliation ours{ItemSet{items}};

    Differences found;
    client.Send(Open(R"({"kinds":[1]})", ours.Begin()));
    while (true) {
        const auto answer = client.ReceiveOnly("NEG-MSG");
        EXPECT_EQ(answer.at(1), "n");
        const std::string hex{answer.at(2).as_string()};
        const auto next = ours.Continue(*FromHex(hex), found);
        if (next.value().empty()) break;
        client.Send("[\"NEG-MSG\",\"n\",\"" + ToHex(*next) + "\"]");
    }
    client.Send(R"(["NEG-CLOSE","n"])");
    EXPECT_EQ(found.have, std::vector{own.id});
    EXPECT_EQ(found.need.size(), 10U);
    client.Send(R"(["NEG-MSG","n","61"])");
    EXPECT_TRUE(ErrorOf(client).starts_with("closed: ")) << "it was closed";
}

TEST_F(SyncTest, KeepsItsNamesApartFromSubscriptions)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    client.Send(R"(["REQ","n",{"limit":0}])");
    client.ReceiveOnly("EOSE");
    client.Send(Open("{}", Reconciliation{ItemSet{{}}}.Begin()));
    client.ReceiveOnly("NEG-MSG");
    client.Send(R"(["NEG-CLOSE","n"])");
    const auto event = Sign(alice_);
    client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
    EXPECT_EQ(client.ReceiveOnly("EVENT").at(1), "n") << "the subscription goes on";
}

TEST_F(SyncTest, RefusesASetThatIsTooLargeAndSaysHowLargeItMayBe)
{
    RelayProcess relay{NewDatabase(), {{"MAX_SYNC_EVENTS", "3"}}};
    RelayClient client{relay.port()};
    Fill(client, 1, 4);
    client.Send(Open("{}", Reconciliation{ItemSet{{}}}.Begin()));
    const auto error = client.ReceiveOnly("NEG-ERR");
    EXPECT_TRUE(error.at(2).as_string().starts_with("blocked: "));
    EXPECT_EQ(error.at(3), 3);
    client.Send(Open(R"({"since":)" + std::to_string(Now() - 2) + "}",
                     Reconciliation{ItemSet{{}}}.Begin()));
    EXPECT_EQ(client.Receive().at(0), "NEG-MSG") << "three are not too many";
}

TEST_F(SyncTest, ClosesTheSyncOfASilentClient)
{
    RelayProcess relay{NewDatabase(), {{"SYNC_IDLE_SECONDS", "1"}}};
    RelayClient client{relay.port()};
    client.Send(Open("{}", Reconciliation{ItemSet{{}}}.Begin()));
    client.ReceiveOnly("NEG-MSG");
    EXPECT_TRUE(ErrorOf(client).starts_with("closed: "));
}

TEST_F(SyncTest, RefusesBrokenMessagesAndTooManyAtOnce)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    for (const auto* text : {R"(["NEG-OPEN","n",{}])", R"(["NEG-OPEN","n",{},"6"])",
                             R"(["NEG-OPEN","n",{"kinds":1},"61"])", R"(["NEG-OPEN","n",{},"20"])",
                             R"(["NEG-OPEN","n",{},"61000003"])", R"(["NEG-MSG","n"])"}) {
        client.Send(text);
        EXPECT_TRUE(ErrorOf(client).starts_with("invalid: ")) << text;
    }
    client.Send(R"(["NEG-OPEN"])");
    EXPECT_EQ(client.Receive().at(0), "NOTICE");
    for (int i = 0; i < 4; ++i) {
        client.Send("[\"NEG-OPEN\",\"" + std::to_string(i) + "\",{},\"61\"]");
        EXPECT_EQ(client.Receive().at(0), "NEG-MSG");
    }
    client.Send(R"(["NEG-OPEN","4",{},"61"])");
    EXPECT_TRUE(ErrorOf(client).starts_with("blocked: "));
    client.Send(R"(["NEG-OPEN","3",{},"61"])");
    EXPECT_EQ(client.Receive().at(0), "NEG-MSG") << "reopening one takes no room";
    client.Send(R"(["NEG-OPEN","3",{},"62"])");
    EXPECT_EQ(client.Receive().at(2), "61") << "another version is answered by ours";
}

}  // namespace
}  // namespace berth::relay::test
