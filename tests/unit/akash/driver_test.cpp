// The driver fed with what the real programs printed.

#include <gtest/gtest.h>

#include "akash/cli_chain_reader.hpp"
#include "akash/cli_provider_gateway.hpp"
#include "akash/cli_signer.hpp"
#include "core/base/file.hpp"
#include "tests/fakes/fake_akash_runner.hpp"

namespace berth::akash {
namespace {

constexpr const char* kOwner = "akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9";
constexpr const char* kProvider = "akash1dqxa5506apwmsup0hsktx8jfltp6a4cpuuqehr";

std::string Recorded(const std::string& name, const std::string& part)
{
    const auto text = ReadFile(std::string{BERTH_SOURCE_DIR "/tests/conformance/recordings/"} +
                               name + "/" + part);
    EXPECT_TRUE(text) << name;
    return text ? *text : "";
}

class DriverTest : public ::testing::Test {
protected:
    void Play(const std::string& recording)
    {
        runner.Answer(std::stoi(Recorded(recording, "exit")), Recorded(recording, "stdout"),
                      Recorded(recording, "stderr"));
    }
    static AkashPrograms Programs(std::vector<std::string> nodes = {"http://node.example:26657"})
    {
        AkashPrograms programs;
        programs.home = "/nowhere";
        programs.from = "tenant";
        programs.chain_id = "localakash";
        programs.nodes = std::move(nodes);
        return programs;
    }

    tests::FakeAkashRunner runner;
    SystemClock clock;
    CliChainReader reader{runner, Programs()};
    CliSigner signer{runner, Programs(), clock};
    CliProviderGateway gateway{runner, Programs()};
    const LeaseId lease{kOwner, 1001, 1, 1, kProvider};
};

TEST_F(DriverTest, ReadsARecordedStatus)
{
    Play("02-bank/08-status");
    const auto status = reader.Status(Deadline::max());
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(status->chain_id, "localakash");
    EXPECT_EQ(status->height, 188);
    EXPECT_EQ(FormatTime(status->block_time), "2026-11-23T18:49:38.736Z");
}

TEST_F(DriverTest, ReadsARecordedDeployment)
{
    Play("04-deployment/41-get");
    const auto deployment = reader.GetDeployment({kOwner, 1001}, Deadline::max());
    ASSERT_TRUE(deployment && *deployment);
    EXPECT_EQ((*deployment)->state, "active");
    EXPECT_EQ((*deployment)->created_at, 298);
    EXPECT_EQ((*deployment)->hash_hex.substr(0, 8), "a16ca4d1");
    ASSERT_EQ((*deployment)->escrow.funds.size(), 1u);
    EXPECT_EQ(FormatDec18((*deployment)->escrow.funds[0].amount_e18), "5000000.000000000000000000");
}

TEST_F(DriverTest, RefusesAnAnswerAboutAnotherDeployment)
{
    Play("04-deployment/41-get");
    EXPECT_EQ(reader.GetDeployment({kOwner, 7}, Deadline::max()).error().reason, "NODE_GARBAGE");
}

TEST_F(DriverTest, FindsNoDeploymentWhereTheChainHasNone)
{
    Play("04-deployment/42-get-missing");
    const auto deployment = reader.GetDeployment({kOwner, 999999}, Deadline::max());
    ASSERT_TRUE(deployment);
    EXPECT_FALSE(*deployment);
}

TEST_F(DriverTest, AsksForEveryGroupAndOrder)
{
    Play("05-market/10-bid-list-open");
    const auto bids = reader.ListOpenBids(kOwner, Deadline::max());
    ASSERT_TRUE(bids);
    ASSERT_EQ(bids->size(), 1u);
    EXPECT_EQ(bids->front().id, lease);
    const auto& argv = runner.commands.front().argv;
    const auto gseq = std::find(argv.begin(), argv.end(), "--gseq");
    const auto oseq = std::find(argv.begin(), argv.end(), "--oseq");
    ASSERT_NE(gseq, argv.end());
    ASSERT_NE(oseq, argv.end());
    EXPECT_EQ(*(gseq + 1), "0");
    EXPECT_EQ(*(oseq + 1), "0");
}

TEST_F(DriverTest, FollowsPagesToTheEnd)
{
    Play("04-deployment/43-list");
    Play("04-deployment/46-list-empty");
    const auto deployments = reader.ListDeployments(kOwner, Deadline::max());
    ASSERT_TRUE(deployments) << deployments.error().message;
    EXPECT_EQ(deployments->size(), 2u);
    ASSERT_EQ(runner.commands.size(), 2u);
    const auto& argv = runner.commands[1].argv;
    EXPECT_NE(std::find(argv.begin(), argv.end(), "--page-key"), argv.end());
}

TEST_F(DriverTest, ReadsWhoSignedATransactionAndWhatItCost)
{
    Play("04-deployment/05-query-tx");
    const auto done = reader.FindTx(
        "349F27D010DAB10EC010F55ADB90A3A4E37ACE677209519C1A1C8C07EF1CD0F1", Deadline::max());
    ASSERT_TRUE(done && *done) << done.error().message;
    EXPECT_EQ((*done)->signer, kOwner);
    EXPECT_EQ((*done)->fee, (std::map<std::string, money::Amount>{{"uakt", 4608}}));
    Play("04-deployment/10-query-tx-failed");
    const auto failed = reader.FindTx(
        "BE0AED812206C477711A13B075C621ED4E8B04B7FDAD6695E2F26FB86E1E09F7", Deadline::max());
    ASSERT_TRUE(failed && *failed) << failed.error().message;
    EXPECT_NE((*failed)->code, 0);
    EXPECT_EQ((*failed)->signer, kOwner);
    EXPECT_EQ((*failed)->fee, (std::map<std::string, money::Amount>{{"uakt", 10'000}}))
        << "a failed one is paid for too";
}

TEST_F(DriverTest, CallsAnUnknownHashNothing)
{
    Play("04-deployment/06-query-tx-unknown");
    const auto found = reader.FindTx(std::string(64, '0'), Deadline::max());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(*found);
}

TEST_F(DriverTest, TypesTransportTrouble)
{
    for (const char* name : {"02-bank/05-node-unreachable", "02-bank/15-node-host-unresolvable"}) {
        Play(name);
        EXPECT_EQ(reader.Balance(kOwner, "uakt", Deadline::max()).error().reason,
                  "NODE_UNAVAILABLE");
    }
    runner.Answer(Fail(ErrorCode::kUnknown, "COMMAND_TIMED_OUT", "killed"));
    EXPECT_EQ(reader.Balance(kOwner, "uakt", Deadline::max()).error().reason, "NODE_TIMEOUT");
}

TEST_F(DriverTest, CallsRubbishGarbage)
{
    for (const char* out :
         {"", "hello", "{", "{}", "[]", "{\"denom\":\"uakt\",\"amount\":\"-1\"}",
          "{\"denom\":\"uact\",\"amount\":\"1\"}", "{\"denom\":\"uakt\",\"amount\":1}"}) {
        runner.Answer(0, out);
        EXPECT_EQ(reader.Balance(kOwner, "uakt", Deadline::max()).error().reason, "NODE_GARBAGE")
            << out;
    }
    CommandOutput flood{
        .exit_code = 137, .out = std::string(1 << 20, 'x'), .err = {}, .truncated = true};
    runner.Answer(Result<CommandOutput>{flood});
    EXPECT_EQ(reader.Balance(kOwner, "uakt", Deadline::max()).error().reason, "NODE_GARBAGE");
}

TEST_F(DriverTest, RefusesANodeThatIsBehind)
{
    CliChainReader two{runner, Programs({"http://one", "http://two"})};
    const auto status = Recorded("02-bank/08-status", "stdout");
    auto old = status;
    old.replace(old.find("\"188\""), 5, "\"100\"");
    runner.Answer(0, status);
    ASSERT_TRUE(two.Status(Deadline::max()));
    runner.Answer(0, old);
    runner.Answer(0, status);
    const auto again = two.Status(Deadline::max());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->height, 188);
    EXPECT_EQ(runner.commands.size(), 3u);
}

TEST_F(DriverTest, CallsABroadcastWithoutAnswerUnknown)
{
    const SignedTransaction transaction{"{}", std::string(64, 'A'), Time{}, {}, {}};
    runner.Answer(1, "", "Error: request failed: net/http: nil Context\n");
    EXPECT_EQ(signer.Broadcast(transaction, Deadline::max()).error().code, ErrorCode::kUnknown);
    runner.Answer(0, "garbage");
    EXPECT_EQ(signer.Broadcast(transaction, Deadline::max()).error().code, ErrorCode::kUnknown);
    Play("12-unordered/04-broadcast");
    EXPECT_EQ(signer.Broadcast(transaction, Deadline::max()).error().code, ErrorCode::kUnknown)
        << "It answers for another hash.";
}

TEST_F(DriverTest, DoesNotBelieveARefusalOfWhatAnotherNodeMayHaveTaken)
{
    const auto refusal = Recorded("12-unordered/11-timeout-past", "stdout");
    const SignedTransaction transaction{
        "{}", "9EC9815CF53C12188933431CFA3CFE30CFD62BC517AE228003DC3FEA68EA829E", Time{}, {}, {}};
    CliSigner two{runner, Programs({"http://one", "http://two"}), clock};
    runner.Answer(1, "", "Error: post failed: Post \"http://one\": EOF\n");
    runner.Answer(0, refusal);
    EXPECT_EQ(two.Broadcast(transaction, Deadline::max()).error().code, ErrorCode::kUnknown);
    runner.Answer(1, "",
                  "Error: post failed: Post \"http://one\": dial tcp 127.0.0.1:9: connect: "
                  "connection refused\n");
    runner.Answer(0, refusal);
    const auto answer = two.Broadcast(transaction, Deadline::max());
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->code, 42);
}

TEST_F(DriverTest, TriesItsNodesInTurnAndStaysWithTheOneThatAnswers)
{
    const auto down = "Error: post failed: Post \"http://one\": dial tcp: connection refused\n";
    CliChainReader three{runner, Programs({"http://one", "http://two", "http://three"})};
    runner.Answer(1, "", down);
    runner.Answer(1, "", down);
    runner.Answer(0, Recorded("02-bank/08-status", "stdout"));
    ASSERT_TRUE(three.Status(Deadline::max()));
    runner.Answer(0, Recorded("02-bank/04-balances-denom", "stdout"));
    ASSERT_TRUE(three.Balance(kOwner, "uact", Deadline::max()));
    ASSERT_EQ(runner.commands.size(), 4u);
    const auto asked = [&](std::size_t at) {
        const auto& argv = runner.commands[at].argv;
        return *(std::find(argv.begin(), argv.end(), "--node") + 1);
    };
    EXPECT_EQ(asked(0), "http://one");
    EXPECT_EQ(asked(1), "http://two");
    EXPECT_EQ(asked(2), "http://three");
    EXPECT_EQ(asked(3), "http://three");
}

TEST_F(DriverTest, FindsWhoUsedASequence)
{
    Play("14-misc/02-query-tx-acc-seq");
    const auto user = reader.FindTxBySequence(kOwner, 10, Deadline::max());
    ASSERT_TRUE(user && *user);
    EXPECT_EQ(**user, "0E45E5E1E412AFF5D97B19C1F435D8E4F1B488954B23B7250759AB273D6A1939");
    Play("14-misc/03-query-tx-acc-seq-missing");
    const auto nobody = reader.FindTxBySequence(kOwner, 99'999, Deadline::max());
    ASSERT_TRUE(nobody) << nobody.error().message;
    EXPECT_FALSE(*nobody);
}

TEST_F(DriverTest, ReadsTheLeastDepositOfEachDenomination)
{
    Play("04-deployment/48-params");
    const auto minimums = reader.DepositMinimums(Deadline::max());
    ASSERT_TRUE(minimums) << minimums.error().message;
    EXPECT_EQ(minimums->at("uact"), money::Amount{500'000});
    EXPECT_EQ(minimums->size(), 2u);
}

TEST_F(DriverTest, ReadsAFailedCodeBehindExitZero)
{
    Play("12-unordered/11-timeout-past");
    const SignedTransaction transaction{
        "{}", "9EC9815CF53C12188933431CFA3CFE30CFD62BC517AE228003DC3FEA68EA829E", Time{}, {}, {}};
    const auto answer = signer.Broadcast(transaction, Deadline::max());
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->codespace, "sdk");
    EXPECT_EQ(answer->code, 42);
}

TEST_F(DriverTest, ReportsAMissingKey)
{
    Play("01-keys/09-show-missing");
    EXPECT_EQ(signer.Address(Deadline::max()).error().reason, "KEY_MISSING");
}

TEST_F(DriverTest, TypesWhatProvidersSay)
{
    Play("06-provider/05-send-manifest");
    EXPECT_TRUE(gateway.SendManifest(lease, "sdl", Deadline::max()));
    Play("06-provider/04-send-manifest-wrong-sdl");
    EXPECT_EQ(gateway.SendManifest(lease, "sdl", Deadline::max()).error().reason,
              "MANIFEST_REFUSED");
    Play("06-provider/01-send-manifest-no-lease");
    EXPECT_EQ(gateway.SendManifest(lease, "sdl", Deadline::max()).error().reason,
              "NO_ACTIVE_LEASE");
    Play("06-provider/35-send-manifest-node-down");
    EXPECT_EQ(gateway.SendManifest(lease, "sdl", Deadline::max()).error().reason,
              "PROVIDER_UNAVAILABLE");
    runner.Answer(0, "");
    EXPECT_EQ(gateway.SendManifest(lease, "sdl", Deadline::max()).error().reason,
              "MANIFEST_UNKNOWN");
    Play("06-provider/03-lease-status-before-manifest");
    EXPECT_EQ(gateway.LeaseStatus(lease, Deadline::max()).error().reason, "NO_MANIFEST");
    Play("06-provider/08-lease-status-ready");
    const auto status = gateway.LeaseStatus(lease, Deadline::max());
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(status->at("web").available, 1);
    EXPECT_EQ(status->at("web").uris.front(), "tdq3n6bid1b773u7i9of2dhuos.ingress.localtest");
}

TEST_F(DriverTest, KeepsTheSdlOffTheCommandLine)
{
    Play("06-provider/05-send-manifest");
    ASSERT_TRUE(gateway.SendManifest(lease, "password: hunter2", Deadline::max()));
    for (const auto& word : runner.commands.front().argv)
        EXPECT_EQ(word.find("hunter2"), word.npos);
}

TEST_F(DriverTest, CutsLogsToTheirNewestBytes)
{
    Play("06-provider/12-lease-logs");
    const auto logs = gateway.LeaseLogs(lease, 60, Deadline::max());
    ASSERT_TRUE(logs);
    EXPECT_EQ(logs->size(), 60u);
    EXPECT_TRUE(logs->ends_with("line 5 of web\n"));
}

}  // namespace
}  // namespace berth::akash
