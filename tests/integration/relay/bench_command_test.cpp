#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/command_runner.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

class BenchCommandTest : public RelayTest {
protected:
    static CommandOutput Bench(std::vector<std::string> words)
    {
        Command command{.argv = {BERTH_BINARY_DIR "/relay-image/berth-relay", "bench"}};
        std::ranges::move(words, std::back_inserter(command.argv));
        ProcessRunner runner{1};
        return runner.Run(command, Deadline::After(120s)).value();
    }
    static std::vector<std::string> Small(const std::string& url)
    {
        return {url, "--events=1000", "--questions=100", "--subscribers=5", "--json"};
    }
};

TEST_F(BenchCommandTest, TellsHowFastARelayIsInOneLineOfJson)
{
    RelayProcess relay{NewDatabase()};
    const auto done = Bench(Small("ws://127.0.0.1:" + std::to_string(relay.port())));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(std::ranges::count(done.out, '\n'), 1);
    const auto report = boost::json::parse(done.out).as_object();
    const auto& figures = report.at("figures").as_object();
    for (const auto* load : {"publish_1", "publish_8", "publish_32", "req_author_and_kind_limit_20",
                             "req_topic_limit_50", "req_ten_ids", "req_kind_since_limit_100",
                             "req_mentioned_and_kind_limit_50", "fan_out", "live"}) {
        EXPECT_GT(figures.at(std::string{load} + "_per_second").as_double(), 0) << load;
        EXPECT_GT(figures.at(std::string{load} + "_p99_millis").as_double(), 0) << load;
    }
    EXPECT_GT(figures.at("req_ten_ids_found").as_double(), 9.5) << "but for ids drawn twice";
}

TEST_F(BenchCommandTest, LeavesNothingThatStays)
{
    RelayProcess relay{NewDatabase()};
    ASSERT_EQ(Bench(Small("ws://127.0.0.1:" + std::to_string(relay.port()))).exit_code, 0);
    RelayClient client{relay.port()};
    client.Send(R"(["REQ","q",{"limit":50}])");
    for (int i = 0; i < 50; ++i) {
        const auto message = client.Receive();
        const auto event = boost::json::serialize(message.at(2));
        EXPECT_NE(event.find(R"(["expiration",")"), std::string::npos) << event;
    }
}

TEST_F(BenchCommandTest, LoadsNoRelayOfAnotherMachineWithoutAWord)
{
    const auto refused = Bench(Small("ws://192.0.2.1:8080"));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("--yes-i-own-it"), std::string::npos) << refused.err;
    EXPECT_EQ(Bench(Small("http://[")).exit_code, 2);
}

TEST_F(BenchCommandTest, SaysWhyARelayDoesNotTakeIt)
{
    const auto dead = Bench(Small("ws://127.0.0.1:1"));
    EXPECT_EQ(dead.exit_code, 1);
    EXPECT_NE(dead.err.find("BENCH_FAILED"), std::string::npos) << dead.err;
    RelayProcess closed{NewDatabase(), {{"RESTRICTED_WRITES", "true"}}};
    const auto refused = Bench(Small("ws://127.0.0.1:" + std::to_string(closed.port())));
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("restricted"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace berth::relay::test
