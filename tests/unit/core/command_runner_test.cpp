#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class CommandRunnerTest : public testing::Test {
protected:
    Result<CommandOutput> Shell(const std::string& script, std::chrono::milliseconds limit = 20s)
    {
        return runner_.Run({.argv = {"/bin/sh", "-c", script},
                            .environment = {},
                            .stdin_bytes = {},
                            .directory = {}},
                           Deadline::After(limit));
    }

    ProcessRunner runner_{2};
};

TEST_F(CommandRunnerTest, ReturnsBothOutputsAndTheExitCode)
{
    const auto output = Shell("echo out; echo err >&2; exit 3");
    ASSERT_TRUE(output.has_value());
    EXPECT_EQ(output->out, "out\n");
    EXPECT_EQ(output->err, "err\n");
    EXPECT_EQ(output->exit_code, 3);
    EXPECT_FALSE(output->truncated);
}

TEST_F(CommandRunnerTest, WaitsForTheExitCodeOfAProgramThatClosesItsOutputsFirst)
{
    const auto output = Shell("echo out; exec 1>&- 2>&-; sleep 0.2; exit 5");
    ASSERT_TRUE(output.has_value());
    EXPECT_EQ(output->exit_code, 5);
}

TEST_F(CommandRunnerTest, ReportsTheSignalThatEndedIt)
{
    const auto output = Shell("kill -TERM $$");
    ASSERT_TRUE(output.has_value());
    EXPECT_EQ(output->exit_code, 128 + SIGTERM);
}

TEST_F(CommandRunnerTest, HandsOverStdinAlsoWhenItIsLargerThanAPipe)
{
    const std::string bytes(3 << 20, 'x');
    const auto output =
        runner_.Run({.argv = {"cat"}, .environment = {}, .stdin_bytes = bytes, .directory = {}},
                    Deadline::After(20s));
    ASSERT_TRUE(output.has_value());
    EXPECT_EQ(output->out, bytes);
}

TEST_F(CommandRunnerTest, DoesNotMindAProgramThatIgnoresItsStdin)
{
    const auto output = runner_.Run({.argv = {"true"},
                                     .environment = {},
                                     .stdin_bytes = std::string(3 << 20, 'x'),
                                     .directory = {}},
                                    Deadline::After(20s));
    ASSERT_TRUE(output.has_value());
    EXPECT_EQ(output->exit_code, 0);
}

TEST_F(CommandRunnerTest, SaysThatAMissingProgramWasNotStarted)
{
    const auto output = runner_.Run(
        {.argv = {"berth-no-such-program"}, .environment = {}, .stdin_bytes = {}, .directory = {}},
        Deadline::After(20s));
    ASSERT_TRUE(output.has_error());
    EXPECT_EQ(output.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(output.error().reason, "COMMAND_NOT_STARTED");
}

TEST_F(CommandRunnerTest, CallsAHangUnknown)
{
    const auto output = Shell("sleep 600 & wait", 300ms);
    ASSERT_TRUE(output.has_error());
    EXPECT_EQ(output.error().code, ErrorCode::kUnknown);
    EXPECT_EQ(output.error().reason, "COMMAND_TIMED_OUT");
}

TEST_F(CommandRunnerTest, KillsWhatTheProgramLeftBehind)
{
    const auto output = Shell("sleep 600 >/dev/null 2>&1 & echo $!");
    ASSERT_TRUE(output.has_value());
    const auto left_behind = std::stoi(output->out);
    const auto deadline = Deadline::After(10s);
    while (::kill(left_behind, 0) == 0 && !deadline.Passed()) {
        const auto state = Shell("sed -n 's/^State:.//p' /proc/" + std::to_string(left_behind) +
                                 "/status 2>/dev/null || true");
        if (state && state->out.starts_with("Z"))
            break;  // Killed; its new parent has yet to reap it.
    }
    EXPECT_FALSE(deadline.Passed());
}

TEST_F(CommandRunnerTest, StopsAHundredMegabytesAtTheLimit)
{
    const auto output = Shell("head -c 104857600 /dev/zero");
    ASSERT_TRUE(output.has_value());
    EXPECT_TRUE(output->truncated);
    EXPECT_EQ(output->out.size(), std::size_t{4} << 20);
}

TEST_F(CommandRunnerTest, GivesTheProgramNoMoreOfOurEnvironmentThanItNeeds)
{
    ::setenv("BERTH_TEST_SECRET", "hidden", 1);
    const auto output = runner_.Run(
        {.argv = {"env"}, .environment = {{"GIVEN", "seen"}}, .stdin_bytes = {}, .directory = {}},
        Deadline::After(20s));
    ASSERT_TRUE(output.has_value());
    EXPECT_THAT(output->out, testing::HasSubstr("GIVEN=seen"));
    EXPECT_THAT(output->out, testing::Not(testing::HasSubstr("hidden")));
}

TEST_F(CommandRunnerTest, RunsNoMoreThanItsSlotsAllow)
{
    const auto pipe =
        std::filesystem::temp_directory_path() / ("berth-pipe-" + ToHex(RandomBytes(6)));
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    ProcessRunner one{1};
    std::thread busy{[&] { (void)one.Run({.argv = {"cat", pipe}}, Deadline::After(20s)); }};
    const auto writing = ::open(pipe.c_str(), O_WRONLY);  // Once it is being read.
    const auto second = one.Run({.argv = {"true"}}, Deadline::After(10ms));
    ::close(writing);
    busy.join();
    std::filesystem::remove(pipe);
    ASSERT_TRUE(second.has_error());
    EXPECT_EQ(second.error().reason, "COMMAND_NOT_STARTED");
    EXPECT_TRUE(one.Run({.argv = {"true"}}, Deadline::After(20s)));
}

}  // namespace
}  // namespace berth
