#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "core/base/command_runner.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

std::string UrlOf(const RelayProcess& relay)
{
    return "ws://127.0.0.1:" + std::to_string(relay.port());
}

/// The id of the next event that a subscription to everything brings.
std::string NextId(RelayClient& client)
{
    return std::string{client.ReceiveOnly("EVENT").at(2).at("id").as_string()};
}

class MirrorTest : public RelayTest {
protected:
    static void Subscribe(RelayClient& client)
    {
        client.Send(R"(["REQ","all",{}])");
        client.ReceiveOnly("EOSE");
    }
};

TEST_F(MirrorTest, TakesOverWhatAFollowedRelayGets)
{
    RelayProcess origin{NewDatabase()};
    RelayProcess copy{NewDatabase(),
                      {{"MIRROR_FROM", UrlOf(origin)},
                       {"MIRROR_FILTER", R"({"kinds":[1,20001]})"},
                       {"RESTRICTED_WRITES", "true"}}};
    RelayClient reader{copy.port()};
    Subscribe(reader);
    RelayClient writer{origin.port()};
    ASSERT_EQ(writer.Publish(Sign(alice_, {.kind = 7})), "true");
    const auto note = Sign(alice_);
    ASSERT_EQ(writer.Publish(note), "true");
    EXPECT_EQ(NextId(reader), note.id) << "the filter let the reaction go by";
    const auto brief = Sign(alice_, {.kind = 20001});
    ASSERT_EQ(writer.Publish(brief), "true");
    EXPECT_EQ(NextId(reader), brief.id);
    EXPECT_EQ(reader.Query("{}"), Ids{note.id});
    EXPECT_TRUE(reader.Publish(Sign(alice_)).starts_with("false:restricted:"))
        << "clients may not do what the relay does itself";
}

TEST_F(MirrorTest, FollowsAgainARelayThatWasAway)
{
    RelayProcess finder{NewDatabase()};  // Frees a port that was just found free.
    const auto address = "127.0.0.1:" + std::to_string(finder.port());
    finder.Kill();
    RelayProcess origin{NewDatabase(), {{"ADDRESS", address}}};
    RelayProcess copy{NewDatabase(),
                      {{"MIRROR_FROM", "ws://" + address}, {"MIRROR_RETRY", "10ms"}}};
    RelayClient reader{copy.port()};
    Subscribe(reader);
    origin.Kill();
    origin.Start();
    const auto note = Sign(alice_);
    ASSERT_EQ(RelayClient{origin.port()}.Publish(note), "true");
    EXPECT_EQ(NextId(reader), note.id);
}

TEST_F(MirrorTest, SendsNewEventsOnButNotWhatIsPrivate)
{
    RelayProcess other{NewDatabase()};
    RelayProcess relay{NewDatabase(), {{"MIRROR_TO", UrlOf(other)}, {"URL", "wss://r.example"}}};
    RelayClient reader{other.port()};
    Subscribe(reader);
    RelayClient writer{relay.port()};
    ASSERT_EQ(writer.Authenticate(alice_, "wss://r.example"), "true");
    const auto kept = Sign(alice_, {.content = "for here", .tags = {{"-"}}});
    const auto wrap = Sign(alice_, {.kind = 1059, .tags = {{"p", bob_.pubkey()}}});
    const auto note = Sign(alice_);
    for (const auto& event : {kept, wrap, note}) ASSERT_EQ(writer.Publish(event), "true");
    EXPECT_EQ(NextId(reader), note.id);
}

class SyncCommandTest : public RelayTest {
protected:
    /// Runs `berth-relay sync` on a database; what it printed, or its exit code.
    static std::string Sync(const std::string& database, const std::vector<std::string>& words)
    {
        Command command{
            .argv = {BERTH_BINARY_DIR "/relay-image/berth-relay", "sync"},
            .environment = EnvironmentOf(database),
        };
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        const auto output = ProcessRunner{1}.Run(command, Deadline::After(60s));
        return output->exit_code == 0 ? output->out : std::to_string(output->exit_code);
    }
};

TEST_F(SyncCommandTest, BringsTwoRelaysTogether)
{
    const auto here = NewDatabase();
    RelayProcess local{here};
    RelayProcess remote{NewDatabase()};
    RelayClient at_local{local.port()};
    RelayClient at_remote{remote.port()};
    const auto now = Now();
    for (int i = 0; i < 300; ++i) {
        const auto event =
            Sign(alice_, {.content = std::to_string(i), .created_at = now - 1000 + i % 40});
        ASSERT_EQ((i % 3 == 0 ? at_remote : at_local).Publish(event), "true");
        if (i % 3 == 2) {
            ASSERT_EQ(at_remote.Publish(event), "true");
        }
    }
    ASSERT_EQ(at_remote.Publish(Sign(alice_, {.kind = 7})), "true");

    EXPECT_EQ(Sync(here, {UrlOf(remote), "--dir", "down", "--filter", R"({"kinds":[1]})"}),
              "{\"stored\":100,\"sent\":0,\"refused\":0}\n");
    EXPECT_EQ(at_local.Query(R"({"kinds":[7]})"), Ids{});
    EXPECT_EQ(Sync(here, {UrlOf(remote), "--dir=up"}),
              "{\"stored\":0,\"sent\":100,\"refused\":0}\n");
    EXPECT_EQ(at_remote.Query("{\"limit\":400}").size(), 301U);
    EXPECT_EQ(Sync(here, {UrlOf(remote)}), "{\"stored\":1,\"sent\":0,\"refused\":0}\n");
    EXPECT_EQ(Sync(here, {UrlOf(remote)}), "{\"stored\":0,\"sent\":0,\"refused\":0}\n");
}

TEST_F(SyncCommandTest, HalvesWhatIsTooMuchForTheOtherRelay)
{
    const auto here = NewDatabase();
    RelayProcess local{here};
    RelayProcess remote{NewDatabase(), {{"MAX_SYNC_EVENTS", "10"}}};
    RelayClient client{remote.port()};
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(client.Publish(Sign(alice_, {.created_at = Now() - 100 * i})), "true");
    }
    EXPECT_EQ(Sync(here, {UrlOf(remote), "--dir", "down"}),
              "{\"stored\":60,\"sent\":0,\"refused\":0}\n");
}

TEST_F(SyncCommandTest, TellsWhatWentWrongByItsExitCode)
{
    const auto here = NewDatabase();
    EXPECT_EQ(Sync(here, {}), "2");
    EXPECT_EQ(Sync(here, {"ws://127.0.0.1:1", "--dir", "sideways"}), "2");
    EXPECT_EQ(Sync(here, {"ws://127.0.0.1:1", "--filter", "{"}), "2");
    EXPECT_EQ(Sync(here, {"ws://127.0.0.1:1"}), "1");
    EXPECT_EQ(Sync(here, {"not an address"}), "1");
}

}  // namespace
}  // namespace berth::relay::test
