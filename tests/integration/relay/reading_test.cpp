#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/hyperloglog.hpp"
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
    static json::object CountOf(RelayClient& client, const std::string& filters)
    {
        client.Send("[\"COUNT\",\"q\"," + filters + "]");
        return client.ReceiveOnly("COUNT").at(2).as_object();
    }
    static std::string RandomText() { return ToHex(RandomBytes(8)); }
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

TEST_F(ReadingTest, CountsWhatFiltersMatchOnceEach)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(client.Publish(Sign(alice_, {.kind = i % 2 + 1, .created_at = Now() - i})),
                  "true");
    }
    EXPECT_EQ(CountOf(client, "{}").at("count"), 5);
    EXPECT_EQ(CountOf(client, R"({"kinds":[1]})").at("count"), 3);
    EXPECT_EQ(CountOf(client, R"({"kinds":[1]},{"limit":1})").at("count"), 5) << "one set";
    EXPECT_EQ(CountOf(client, R"({"kinds":[]})").at("count"), 0);
    EXPECT_FALSE(CountOf(client, "{}").contains("approximate"));
    client.Send(R"(["COUNT","q",{"unheard":1}])");
    EXPECT_TRUE(client.ReceiveOnly("CLOSED").at(2).as_string().starts_with("unsupported: "));
}

TEST_F(ReadingTest, AddsAnEstimateOfAuthorsThatRelaysCanMerge)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto note = Sign(alice_);
    ASSERT_EQ(client.Publish(note), "true");
    for (const auto& who : {alice_, bob_, bob_}) {
        const auto like = Sign(who, {.kind = 7, .content = RandomText(), .tags = {{"e", note.id}}});
        ASSERT_EQ(client.Publish(like), "true");
    }
    const auto filter = R"({"#e":[")" + note.id + R"("],"kinds":[7]})";
    const auto count = CountOf(client, filter);
    EXPECT_EQ(count.at("count"), 3);
    HyperLogLog expected{*HllOffsetOf(json::parse(filter).as_object())};
    expected.Add(*FromHex(alice_.pubkey()));
    expected.Add(*FromHex(bob_.pubkey()));
    EXPECT_EQ(count.at("hll").as_string(), expected.ToHex());
    EXPECT_FALSE(CountOf(client, R"({"kinds":[7]})").contains("hll")) << "no tag, no estimate";
    EXPECT_FALSE(CountOf(client, filter + "," + filter).contains("hll"));
}

TEST_F(ReadingTest, SearchesContents)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto sea = Sign(alice_, {.content = "Orange boats on the SEA", .created_at = Now() - 2});
    const auto land = Sign(alice_, {.content = "orange groves", .created_at = Now() - 1});
    const auto later = Sign(bob_, {.content = "an orange sea"});
    for (const auto& event : {sea, land}) ASSERT_EQ(client.Publish(event), "true");
    using Ids = std::vector<std::string>;
    EXPECT_EQ(client.Query(R"({"search":"orange"})"), (Ids{land.id, sea.id}));
    EXPECT_EQ(client.Query(R"({"search":"sea ORANGE include:spam"})"), Ids{sea.id});
    EXPECT_EQ(client.Query(R"({"search":"orange","limit":1})"), Ids{land.id});
    EXPECT_EQ(client.Query(R"({"search":"oran"})"), Ids{});
    EXPECT_EQ(client.Query(R"({"search":"orange","kinds":[7]})"), Ids{});
    EXPECT_EQ(client.Query(R"({"search":"groves"},{"search":"boats"})"), (Ids{land.id, sea.id}));
    EXPECT_EQ(CountOf(client, R"({"search":"orange"})").at("count"), 2);
    client.Send(R"(["REQ","live",{"search":"sea","limit":0}])");
    client.ReceiveOnly("EOSE");
    RelayClient writer{relay.port()};
    ASSERT_EQ(writer.Publish(Sign(bob_, {.content = "no match"})), "true");
    ASSERT_EQ(writer.Publish(later), "true");
    EXPECT_EQ(client.ReceiveOnly("EVENT").at(2).at("id").as_string(), later.id);
}

TEST_F(ReadingTest, ShowsGiftWrapsToThoseTheyAreForOnly)
{
    constexpr auto kRelayUrl = "wss://relay.example";
    RelayProcess relay{NewDatabase(), {{"URL", kRelayUrl}}};
    RelayClient sender{relay.port()};
    const auto wrap_for = [&](const nostr::SecretKey& reader) {
        return Sign(nostr::SecretKey::Generate(),
                    {.kind = 1059, .content = RandomText(), .tags = {{"p", reader.pubkey()}}});
    };
    const auto for_alice = wrap_for(alice_);
    const auto for_bob = wrap_for(bob_);
    for (const auto& wrap : {for_alice, for_bob}) ASSERT_EQ(sender.Publish(wrap), "true");

    RelayClient alice{relay.port()};
    const std::string wraps = R"({"kinds":[1059]})";
    for (const auto* verb : {"REQ", "COUNT"}) {
        alice.Send("[\"" + std::string{verb} + "\",\"s\"," + wraps + "]");
        EXPECT_TRUE(alice.ReceiveOnly("CLOSED").at(2).as_string().starts_with("auth-required: "));
    }
    alice.Send("[\"NEG-OPEN\",\"s\"," + wraps + ",\"6100000200\"]");
    EXPECT_TRUE(alice.ReceiveOnly("NEG-ERR").at(2).as_string().starts_with("auth-required: "));
    EXPECT_TRUE(alice.Query("{}").empty()) << "nor do they come among others";
    EXPECT_TRUE(alice.Query(R"({"ids":[")" + for_alice.id + R"("]})").empty());
    EXPECT_EQ(CountOf(alice, "{}").at("count"), 0);

    alice.Send(R"(["REQ","live",{}])");
    alice.ReceiveOnly("EOSE");
    ASSERT_EQ(alice.Authenticate(alice_, kRelayUrl), "true");
    const auto next = wrap_for(alice_);
    ASSERT_EQ(sender.Publish(wrap_for(bob_)), "true");
    ASSERT_EQ(sender.Publish(next), "true");
    EXPECT_EQ(alice.ReceiveOnly("EVENT").at(2).at("id").as_string(), next.id)
        << "the subscription from before sees hers now, and not those for others";
    EXPECT_EQ(CountOf(alice, wraps).at("count"), 2);
    auto seen = alice.Query(wraps);
    std::ranges::sort(seen);
    std::vector expected{for_alice.id, next.id};
    std::ranges::sort(expected);
    EXPECT_EQ(seen, expected);
    EXPECT_TRUE(alice.Query(R"({"kinds":[1059],"#p":[")" + bob_.pubkey() + R"("]})").empty());
}

TEST_F(ReadingTest, DoesNotStallAClientThatGathersItsWrites)
{
    constexpr int kRounds = 60, kWarmUp = 30;  // A kernel acknowledges at once at first.
    constexpr std::chrono::milliseconds kDelayedAcknowledgement{40};
    const RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port(), {.gathers_writes = true}};
    auto fastest = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < kRounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        client.Send(R"(["CLOSE","s"])");
        client.Send(R"(["REQ","s",{"limit":0}])");
        client.ReceiveOnly("EOSE");
        if (i < kWarmUp) continue;
        fastest = std::min(fastest, std::chrono::steady_clock::now() - start);
    }
    EXPECT_LT(fastest, kDelayedAcknowledgement) << "each round waited for the kernel's timer";
}

}  // namespace
}  // namespace berth::relay::test
