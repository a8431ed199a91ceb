#include "cli/stack/supervisor.hpp"

#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/stack/tail.hpp"
#include "tests/integration/stack/temporary_folder.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A server that runs a shell script.
class Script final : public Server {
public:
    Script(const TemporaryFolder& folder, const std::string& script, std::string name = "script")
        : child_{{.name = name, .argv = {"sh", "-c", script}, .log = folder.path() / name}}
    {
    }
    Result<void> Launch() override { return child_.Start(); }
    bool Serves() override { return true; }
    void Stop() override { child_.Stop(); }
    Child& child() override { return child_; }

private:
    Child child_;
};

/// Serves only beside another server, which falls whenever this one is launched.
class Dependent final : public Server {
public:
    Dependent(const TemporaryFolder& folder, Server& other)
        : script_{folder, "exec sleep 60", "dependent"}, other_{other}
    {
    }
    Result<void> Launch() override
    {
        other_.child().Kill();
        return script_.Launch();
    }
    bool Serves() override { return other_.child().Running(); }
    void Stop() override { script_.Stop(); }
    Child& child() override { return script_.child(); }

private:
    Script script_;
    Server& other_;
};

/// Puts text on standard input for the test's time; at its end the input ends.
class Input {
public:
    explicit Input(const std::string& text) : saved_{::dup(STDIN_FILENO)}
    {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input()
    {
        ::dup2(saved_, STDIN_FILENO);
        ::close(saved_);
    }

private:
    int saved_;
};

class SupervisorTest : public testing::Test {
protected:
    /// Runs the supervisor until its commands end; what it said.
    Result<std::string> Obey(const std::vector<Server*>& servers, const std::string& commands)
    {
        const Input input{commands};
        std::ostringstream said;
        const auto ended = Supervisor{servers, said, true}.Run();
        if (!ended) return ended.error();
        return said.str();
    }

    TemporaryFolder folder_;
};

TEST_F(SupervisorTest, StartsAgainWhatEndsByItself)
{
    Script script{folder_, "exec sleep 60"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    script.child().Kill();
    const auto said = Obey({&script}, "");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_THAT(*said, HasSubstr(R"("event":"ended","server":"script","how":"signal 9")"));
    EXPECT_THAT(*said, HasSubstr(R"("event":"started")"));
    EXPECT_TRUE(script.child().Running());
}

TEST_F(SupervisorTest, GivesUpOnWhatKeepsEnding)
{
    Script script{folder_, "echo no database; exit 1"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    std::ostringstream said;
    const auto ended = Supervisor{{&script}, said, false}.Run();
    ASSERT_TRUE(ended.has_error());
    EXPECT_EQ(ended.error().reason, "SERVER_KEEPS_ENDING");
    EXPECT_THAT(ended.error().message, HasSubstr("no database"));
    EXPECT_EQ(said.str(), "");
}

TEST_F(SupervisorTest, LeavesDownWhatWasKilledByCommand)
{
    Script script{folder_, "exec sleep 60"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    const auto said = Obey({&script}, R"({"do": "kill", "server": "script"})"
                                      "\n");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_THAT(*said, HasSubstr(R"({"ok":true,"server":"script","pid":-1})"));
    EXPECT_FALSE(script.child().Running());
}

TEST_F(SupervisorTest, RestartsByCommand)
{
    Script script{folder_, "exec sleep 60"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    const auto before = script.child().pid();
    const auto said = Obey({&script}, R"({"do": "restart", "server": "script"})"
                                      "\n");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_THAT(*said, HasSubstr(R"("ok":true)"));
    EXPECT_TRUE(script.child().Running());
    EXPECT_NE(script.child().pid(), before);
}

TEST_F(SupervisorTest, StartsAgainWhatAnotherStartWaitsFor)
{
    Script needed{folder_, "exec sleep 60", "needed"};
    Dependent dependent{folder_, needed};
    ASSERT_TRUE(needed.Start(Deadline::max()));
    const auto said = Obey({&needed, &dependent}, R"({"do": "restart", "server": "dependent"})"
                                                  "\n"
                                                  R"({"do": "kill", "server": "needed"})"
                                                  "\n");
    ASSERT_TRUE(said) << said.error().message;
    const auto ended = said->find(R"({"event":"ended","server":"needed","how":"signal 9"})");
    const auto restarted = said->find(R"({"ok":true,"server":"dependent")");
    const auto killed = said->find(R"({"ok":true,"server":"needed","pid":-1})");
    EXPECT_LT(ended, restarted) << *said;
    EXPECT_LT(restarted, killed) << *said;
    EXPECT_NE(killed, std::string::npos) << *said;
}

TEST_F(SupervisorTest, RefusesWhatItDoesNotKnow)
{
    Script script{folder_, "exec sleep 60"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    const auto said = Obey({&script}, "nonsense\n{\"do\": \"dance\", \"server\": \"script\"}\n");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_THAT(*said, HasSubstr("UNKNOWN_SERVER"));
    EXPECT_THAT(*said, HasSubstr("UNKNOWN_COMMAND"));
    EXPECT_TRUE(script.child().Running());
}

TEST(TailTest, GivesWholeLinesOnceEach)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "log";
    Tail tail{file};
    EXPECT_FALSE(tail.Next());
    std::ofstream out{file};
    out << "one\ntw" << std::flush;
    EXPECT_EQ(tail.Next(), "one");
    EXPECT_FALSE(tail.Next());
    out << "o\n" << std::flush;
    EXPECT_EQ(tail.Next(), "two");
    EXPECT_FALSE(tail.Next());
}

}  // namespace
}  // namespace berth::stack
