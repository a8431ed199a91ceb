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
    Script(const TemporaryFolder& folder, const std::string& script)
        : child_{{.name = "script", .argv = {"sh", "-c", script}, .log = folder.path() / "log"}}
    {
    }
    Result<void> Start(Deadline) override { return child_.Start(); }
    void Stop() override { child_.Stop(); }
    Child& child() override { return child_; }

private:
    Child child_;
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
    Result<std::string> Obey(Server& server, const std::string& commands)
    {
        const Input input{commands};
        std::ostringstream said;
        const auto ended = Supervisor{{&server}, said, true}.Run();
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
    const auto said = Obey(script, "");
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
    const auto said = Obey(script, R"({"do": "kill", "server": "script"})"
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
    const auto said = Obey(script, R"({"do": "restart", "server": "script"})"
                                   "\n");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_THAT(*said, HasSubstr(R"("ok":true)"));
    EXPECT_TRUE(script.child().Running());
    EXPECT_NE(script.child().pid(), before);
}

TEST_F(SupervisorTest, RefusesWhatItDoesNotKnow)
{
    Script script{folder_, "exec sleep 60"};
    ASSERT_TRUE(script.Start(Deadline::max()));
    const auto said = Obey(script, "nonsense\n{\"do\": \"dance\", \"server\": \"script\"}\n");
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
