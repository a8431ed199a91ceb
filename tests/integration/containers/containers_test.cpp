#include "akash/sandbox/runtime/containers.hpp"

#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/command_runner.hpp"
#include "tests/integration/relay/relay_client.hpp"

namespace berth::sandbox {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using relay::test::Fetch;
using testing::Contains;
using testing::HasSubstr;

constexpr auto kImage = "berth-relay:0.1.0";
constexpr auto kLayout = BERTH_BINARY_DIR "/relay-image/berth-relay.oci";
constexpr auto kLimit = 20s;
constexpr unsigned kNobody = 65534;
constexpr ContainerLimits kLimits{.memory_bytes = 256 << 20, .cpu_millis = 500};

std::string ReadAll(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

bool Await(const std::function<bool()>& seen)
{
    for (const auto end = std::chrono::steady_clock::now() + kLimit; !seen();) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

bool Runs(pid_t pid) { return fs::exists("/proc/" + std::to_string(pid)); }

/// A process whose parent is `parent`; -1 if there is none.
pid_t ChildOf(pid_t parent)
{
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != name.npos) continue;
        const auto status = ReadAll(entry.path() / "status");
        if (status.find("\nPPid:\t" + std::to_string(parent) + "\n") != status.npos) {
            return std::stoi(name);
        }
    }
    return -1;
}

/// The control groups of ours that a process is in.
std::vector<fs::path> ControlGroupsOf(pid_t pid)
{
    std::vector<fs::path> groups;
    std::istringstream lines{ReadAll("/proc/" + std::to_string(pid) + "/cgroup")};
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find("berth-sandbox-");
        if (at == line.npos) continue;
        for (const auto& tree : fs::directory_iterator{"/sys/fs/cgroup"}) {
            const auto group = tree.path() / line.substr(at);
            if (fs::exists(group)) groups.push_back(group);
        }
        if (const auto group = fs::path{"/sys/fs/cgroup"} / line.substr(at); fs::exists(group)) {
            groups.push_back(group);
        }
    }
    return groups;
}

class ContainersTest : public testing::Test {
protected:
    ContainersTest()
    {
        char name[] = "/tmp/berth-containers-XXXXXX";
        folder_ = ::mkdtemp(name);
    }
    ~ContainersTest() override
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    ContainerSettings Settings(const std::string& layout = std::string{kLayout} + ":0.1.0") const
    {
        return {.folder = folder_ / "containers", .layouts = {{kImage, layout}}};
    }

    /// A relay whose database is not there: it serves, and says so.
    Process Start(Containers& containers, const std::string& name = "relay")
    {
        return Process{containers.Prepare(
            kImage, name,
            {{"BERTH_RELAY_ADDRESS", "127.0.0.1:" + std::to_string(port_)},
             {"BERTH_RELAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"},
             {"BERTH_RELAY_NAME", "Harbour"},
             {"HOSTNAME", "relay-6d5f8c7b9-x2x4z"}},
            kLimits, LogFile())};
    }
    bool Serves()
    {
        return Await([this] { return Listens(port_); });
    }
    fs::path LogFile() const { return folder_ / "relay.log"; }

    fs::path folder_;
    const int port_ = FreePort();
    std::ostringstream log_text_;
    const SystemClock clock_;
    Log log_{log_text_, "test", clock_};
};

TEST_F(ContainersTest, RunTheRelayWithoutPrivilegesOnAReadOnlyRoot)
{
    Containers containers{Settings(), log_};
    ASSERT_TRUE(containers.Runs(kImage)) << containers.views().front().why_not;
    EXPECT_THAT(containers.views().front().digest, testing::StartsWith("sha256:"));
    auto process = Start(containers);
    ASSERT_TRUE(Serves()) << ReadAll(LogFile());
    const auto relay = fs::path{"/proc"} / std::to_string(ChildOf(process.pid()));
    const auto status = ReadAll(relay / "status");
    const auto user = ::geteuid() == 0 ? kNobody : ::geteuid();
    EXPECT_THAT(status, HasSubstr("\nUid:\t" + std::to_string(user) + "\t"));
    EXPECT_THAT(status, HasSubstr("\nCapPrm:\t0000000000000000\n"));
    EXPECT_THAT(status, HasSubstr("\nCapBnd:\t0000000000000000\n"));
    EXPECT_THAT(status, HasSubstr("\nNoNewPrivs:\t1\n"));
    EXPECT_THAT(ReadAll(relay / "mountinfo"), testing::ContainsRegex(" / / ro,|/rootfs / ro,"));
    EXPECT_THAT(ReadAll(relay / "environ"), HasSubstr("HOSTNAME=relay-6d5f8c7b9-x2x4z"));
    const auto port = static_cast<unsigned short>(port_);
    const auto information = Fetch(port, "/", {{"Accept", "application/nostr+json"}});
    EXPECT_THAT(information.body, HasSubstr("Harbour"));
    EXPECT_EQ(Fetch(port, "/health").status, 503U) << "it has no database";
    ProcessRunner runner{1};
    const auto health = runner.Run({.argv = {BERTH_BINARY_DIR "/relay-image/berth-relay", "health",
                                             "--relay.address=127.0.0.1:" + std::to_string(port_)}},
                                   Deadline::After(kLimit));
    ASSERT_TRUE(health);
    EXPECT_EQ(health->exit_code, 1) << "a container's check sees it too";
    EXPECT_THAT(health->out, HasSubstr("status"));
    process.Stop();
    EXPECT_FALSE(Listens(port_));
    EXPECT_THAT(ReadAll(LogFile()), HasSubstr("stopped")) << "it drained";
}

TEST_F(ContainersTest, KeepSecretsOffTheCommandLineAndInFilesOfTheirOwner)
{
    Containers containers{Settings(), log_};
    ASSERT_TRUE(containers.Runs(kImage));
    const auto spec = containers.Prepare(kImage, "relay", {{"PASSWORD", "hush"}}, {}, LogFile());
    EXPECT_THAT(spec.argv, testing::Not(Contains(HasSubstr("hush"))));
    const auto file = folder_ / "containers/relay/config.json";
    EXPECT_THAT(ReadAll(file), HasSubstr("PASSWORD=hush"));
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ContainersTest, GetNoMoreThanTheirLeaseHas)
{
    if (::geteuid() != 0) return;  // Who is not root has no control groups.
    Containers containers{Settings(), log_};
    ASSERT_TRUE(containers.Runs(kImage));
    EXPECT_TRUE(containers.views().front().limited);
    auto process = Start(containers);
    ASSERT_TRUE(Serves()) << ReadAll(LogFile());
    std::set<std::string> memory;  // In the first version of control groups and in the second.
    std::set<std::string> share;
    for (const auto& group : ControlGroupsOf(ChildOf(process.pid()))) {
        memory.insert(ReadAll(group / "memory.limit_in_bytes") + ReadAll(group / "memory.max"));
        share.insert(ReadAll(group / "cpu.cfs_quota_us") + ReadAll(group / "cpu.max"));
    }
    memory.erase("");
    share.erase("");
    EXPECT_THAT(memory, testing::ElementsAre("268435456\n"));
    EXPECT_THAT(share, testing::ElementsAre(testing::AnyOf("50000\n", "50000 100000\n")));
}

TEST_F(ContainersTest, EndWhenRuncIsKilledAndStartAgainUnderTheirName)
{
    Containers containers{Settings(), log_};
    ASSERT_TRUE(containers.Runs(kImage));
    auto process = Start(containers);
    ASSERT_TRUE(Serves()) << ReadAll(LogFile());
    const auto relay = ChildOf(process.pid());
    process.Kill();
    EXPECT_FALSE(Runs(relay));
    EXPECT_FALSE(Listens(port_));
    process = Start(containers);
    EXPECT_TRUE(Serves()) << ReadAll(LogFile());
    process.Stop();
    containers.Remove("relay");
    EXPECT_FALSE(fs::exists(folder_ / "containers/relay"));
    EXPECT_FALSE(fs::exists(folder_ / "containers/state/relay"));
}

TEST_F(ContainersTest, LeaveNothingBehindWhenWhoStartedThemIsKilled)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto owner = ::fork();
    if (owner == 0) {
        Containers containers{Settings(), log_};
        if (!containers.Runs(kImage)) ::_exit(1);
        const auto process = Start(containers);
        if (!Serves()) ::_exit(2);
        const auto relay = ChildOf(process.pid());
        [[maybe_unused]] const auto told = ::write(ends[1], &relay, sizeof relay);
        ::pause();
    }
    ::close(ends[1]);
    pid_t relay = -1;
    ASSERT_EQ(::read(ends[0], &relay, sizeof relay), static_cast<ssize_t>(sizeof relay));
    ::close(ends[0]);
    const auto groups = ControlGroupsOf(relay);
    ::kill(owner, SIGKILL);
    ::waitpid(owner, nullptr, 0);
    EXPECT_TRUE(Await([&] { return !Runs(relay); })) << "the container outlived its owner";
    EXPECT_FALSE(Listens(port_));
    EXPECT_EQ(groups.empty(), ::geteuid() != 0);

    Containers next{Settings(), log_};  // Clears away what was left.
    for (const auto& group : groups) EXPECT_FALSE(fs::exists(group)) << group;
    EXPECT_FALSE(fs::exists(folder_ / "containers/state/relay"));
    auto process = Start(next);
    EXPECT_TRUE(Serves()) << ReadAll(LogFile());
}

TEST_F(ContainersTest, AreNotUsedWhereOneCannotBeStarted)
{
    const auto why_not = [&](ContainerSettings settings) {
        const Containers containers{std::move(settings), log_};
        EXPECT_FALSE(containers.Runs(kImage));
        return containers.views().front().why_not;
    };
    auto settings = Settings();
    settings.runc = "/bin/false";
    EXPECT_THAT(why_not(settings), HasSubstr("/bin/false"));
    settings.runc = "no-such-runc";
    EXPECT_THAT(why_not(settings), HasSubstr("no-such-runc"));
    settings = Settings();
    settings.umoci = "no-such-umoci";
    EXPECT_THAT(why_not(settings), HasSubstr("no-such-umoci"));
    EXPECT_THAT(why_not(Settings("/nowhere:0.1.0")), HasSubstr("/nowhere"));
    EXPECT_THAT(why_not(Settings(std::string{kLayout} + ":9")), HasSubstr("no image 9"));
    EXPECT_THAT(why_not(Settings("nonsense")), HasSubstr("FOLDER:TAG"));
    fs::copy(kLayout, folder_ / "broken", fs::copy_options::recursive);
    fs::remove_all(folder_ / "broken/blobs");
    EXPECT_THAT(why_not(Settings((folder_ / "broken").string() + ":0.1.0")), HasSubstr("umoci"));
    EXPECT_THAT(log_text_.str(), HasSubstr("cannot be run here"));
}

/// Whether the system lets somebody without privileges make namespaces.
bool NobodyMayHaveNamespaces()
{
    ProcessRunner runner{1};
    const auto ran = runner.Run({.argv = {"setpriv", "--reuid=65534", "--regid=65534",
                                          "--clear-groups", "unshare", "--user", "--map-root-user",
                                          "--mount", "--pid", "--fork", "--mount-proc", "true"}},
                                Deadline::After(kLimit));
    return ran && ran->exit_code == 0;
}

TEST_F(ContainersTest, NeedNoRoot)
{
    if (::geteuid() != 0) return;  // Then the other tests have shown it.
    fs::copy(kLayout, folder_ / "layout", fs::copy_options::recursive);
    ASSERT_EQ(::chown(folder_.c_str(), kNobody, kNobody), 0);
    const auto nobody = ::fork();
    if (nobody == 0) {
        if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) {
            ::_exit(1);
        }
        ::prctl(PR_SET_DUMPABLE, 1);  // As after an exec: /proc/self is its own again.
        ::setenv("PATH", "/usr/bin:/bin", 1);
        Containers containers{Settings((folder_ / "layout").string() + ":0.1.0"), log_};
        if (!containers.Runs(kImage)) {
            std::ofstream{LogFile()} << containers.views().front().why_not;
            ::_exit(2);
        }
        const auto process = Start(containers);
        ::_exit(Serves() ? 0 : 3);
    }
    int status = 0;
    ::waitpid(nobody, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), NobodyMayHaveNamespaces() ? 0 : 2) << ReadAll(LogFile());
}

}  // namespace
}  // namespace berth::sandbox
