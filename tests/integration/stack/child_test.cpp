#include "cli/stack/child.hpp"

#include "tests/integration/stack/temporary_folder.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace berth::stack {
namespace {

using namespace std::chrono_literals;

class ChildTest : public testing::Test {
protected:
    ChildSpec Shell(const std::string& script)
    {
        return {.name = "shell", .argv = {"sh", "-c", script}, .log = folder_.path() / "log"};
    }
    std::string LogText() const
    {
        std::ostringstream text;
        text << std::ifstream{folder_.path() / "log"}.rdbuf();
        return text.str();
    }
    std::function<bool()> Logged(const std::string& word)
    {
        return [this, word] { return LogText().find(word) != std::string::npos; };
    }

    TemporaryFolder folder_;
};

TEST_F(ChildTest, SaysWhyAProgramCannotBeStarted)
{
    Child child{{.name = "ghost", .argv = {"/does/not/exist"}, .log = folder_.path() / "log"}};
    const auto started = child.Start();
    ASSERT_TRUE(started.has_error());
    EXPECT_EQ(started.error().reason, "CHILD_NOT_STARTED");
    EXPECT_NE(started.error().message.find("No such file"), std::string::npos);
    EXPECT_FALSE(child.Running());
}

TEST_F(ChildTest, TellsTheEndOfTheLogWhenItEndsBeforeItIsReady)
{
    Child child{Shell("echo port is taken; exit 3")};
    ASSERT_TRUE(child.Start());
    const auto ready = child.WaitUntil([] { return false; }, Deadline::After(10s));
    ASSERT_TRUE(ready.has_error());
    EXPECT_EQ(ready.error().reason, "CHILD_ENDED");
    EXPECT_NE(ready.error().message.find("exit code 3"), std::string::npos);
    EXPECT_NE(ready.error().message.find("port is taken"), std::string::npos);
}

TEST_F(ChildTest, GivesUpAtTheDeadline)
{
    Child child{Shell("exec sleep 60")};
    ASSERT_TRUE(child.Start());
    const auto ready = child.WaitUntil([] { return false; }, Deadline::After(50ms));
    ASSERT_TRUE(ready.has_error());
    EXPECT_EQ(ready.error().reason, "CHILD_NOT_READY");
}

TEST_F(ChildTest, StopsWithTheSignalThatTheProgramUnderstands)
{
    Child child{Shell("trap 'echo drained; exit 0' TERM; echo up; while :; do sleep 0.05; done")};
    ASSERT_TRUE(child.Start());
    ASSERT_TRUE(child.WaitUntil(Logged("up"), Deadline::After(10s)));
    child.Stop();
    EXPECT_EQ(child.end(), "exit code 0");
    EXPECT_TRUE(Logged("drained")());
}

TEST_F(ChildTest, KillsWhoIgnoresTheSignalAndItsWholeGroup)
{
    auto spec = Shell("trap '' TERM; sleep 61 & echo child=$!; while :; do sleep 0.05; done");
    spec.stop_limit = 100ms;
    Child child{spec};
    ASSERT_TRUE(child.Start());
    ASSERT_TRUE(child.WaitUntil(Logged("child="), Deadline::After(10s)));
    const auto grandchild = std::stoi(LogText().substr(LogText().find('=') + 1));
    child.Stop();
    EXPECT_EQ(child.end(), "signal 9");
    const auto limit = Deadline::After(10s);
    const auto stat = "/proc/" + std::to_string(grandchild) + "/cmdline";
    while (std::ifstream{stat}.peek() != EOF && !limit.Passed()) std::this_thread::yield();
    EXPECT_EQ(std::ifstream{stat}.peek(), EOF);
}

TEST_F(ChildTest, StartsAgainAfterItsEnd)
{
    Child child{Shell("exec sleep 60")};
    ASSERT_TRUE(child.Start());
    child.Kill();
    EXPECT_FALSE(child.Running());
    ASSERT_TRUE(child.Start());
    EXPECT_TRUE(child.Running());
}

TEST_F(ChildTest, DiesWithTheProcessThatStartedIt)
{
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const auto parent = ::fork();
    if (parent == 0) {
        Child child{Shell("exec sleep 60")};
        const bool started = child.Start().has_value();
        const pid_t pid = started ? child.pid() : -1;
        if (::write(told[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
        ::raise(SIGKILL);
    }
    pid_t child = -1;
    ASSERT_EQ(::read(told[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
    ::waitpid(parent, nullptr, 0);
    const auto limit = Deadline::After(10s);
    const auto stat = "/proc/" + std::to_string(child) + "/cmdline";
    while (std::ifstream{stat}.peek() != EOF && !limit.Passed()) std::this_thread::yield();
    EXPECT_EQ(std::ifstream{stat}.peek(), EOF);
}

}  // namespace
}  // namespace berth::stack
