#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/stack/ports.hpp"
#include "tests/fakes/private_postgres.hpp"
#include "tests/integration/relay/relay_client.hpp"
#include "tests/integration/relay/relay_fixture.hpp"
#include "tests/integration/relay_image/relay_container.hpp"

namespace berth::relay::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kProgram = BERTH_BINARY_DIR "/relay-image/berth-relay";
constexpr auto kBuilder = BERTH_SOURCE_DIR "/relay-image/build-image.sh";
constexpr std::uintmax_t kMaxCompressedBytes = 30 << 20;
constexpr unsigned kNobody = 65534;

class RelayImageTest : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        char name[] = "/tmp/berth-image-XXXXXX";
        folder_ = ::mkdtemp(name);
        digest_ = Build("first");
    }
    static void TearDownTestSuite() { fs::remove_all(folder_); }

    /// Builds the image into a layout of this name; returns its digest.
    static std::string Build(const std::string& layout)
    {
        return RunProgram({kBuilder, kProgram, folder_ / layout, "test"});
    }

    static inline fs::path folder_;
    static inline std::string digest_;
};

TEST_F(RelayImageTest, TwoBuildsGiveOneDigest)
{
    EXPECT_THAT(digest_, testing::MatchesRegex("sha256:[0-9a-f]{64}"));
    EXPECT_EQ(Build("second"), digest_);
}

TEST_F(RelayImageTest, IsTheSameWhoeverBuildsIt)
{
    EXPECT_EQ(RunProgram({"sh", "-c", "umask 077; exec \"$@\"", "sh", kBuilder, kProgram,
                          folder_ / "private", "test"}),
              digest_);
    if (::geteuid() != 0) return;
    fs::copy(kProgram, folder_ / "berth-relay");
    for (const auto* script : {"build-image.sh", "gather.sh"}) {
        fs::copy(fs::path{kBuilder}.parent_path() / script, folder_ / script);
    }
    fs::create_directory(folder_ / "of-nobody");
    ASSERT_EQ(::chown((folder_ / "of-nobody").c_str(), kNobody, kNobody), 0);
    fs::permissions(folder_, fs::perms{0755});
    EXPECT_EQ(RunProgram({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                          folder_ / "build-image.sh", folder_ / "berth-relay",
                          folder_ / "of-nobody/image", "test"}),
              digest_);
}

/// relay-image/reproduce.sh shows the same by compiling twice.
TEST_F(RelayImageTest, DoesNotDependOnWhereItWasBuilt)
{
    std::ostringstream program;
    program << std::ifstream{kProgram, std::ios::binary}.rdbuf();
    const auto bytes = std::move(program).str();
    ASSERT_GT(bytes.size(), 1U << 20);
    for (const auto* folder : {BERTH_SOURCE_DIR, BERTH_BINARY_DIR}) {
        const auto at = bytes.find(folder);
        EXPECT_EQ(at, std::string::npos) << bytes.substr(at, 200).c_str();
    }
}

TEST_F(RelayImageTest, TakesLessThanThirtyMegabytesCompressed)
{
    std::uintmax_t bytes = 0;
    for (const auto& blob : fs::directory_iterator{folder_ / "first" / "blobs" / "sha256"}) {
        bytes += blob.file_size();
    }
    EXPECT_GT(bytes, 1U << 20);
    EXPECT_LT(bytes, kMaxCompressedBytes);
}

TEST_F(RelayImageTest, HoldsNoShellAndNothingWritable)
{
    RunProgram(
        {"umoci", "unpack", "--image", (folder_ / "first").string() + ":test", folder_ / "bundle"});
    const auto root = folder_ / "bundle" / "rootfs";
    EXPECT_TRUE(fs::exists(root / "bin" / "berth-relay"));
    EXPECT_FALSE(fs::exists(root / "bin" / "sh"));
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
        struct ::stat status {};
        ASSERT_EQ(::lstat(entry.path().c_str(), &status), 0);
        if (S_ISLNK(status.st_mode)) continue;
        EXPECT_EQ(status.st_mode & (S_IWOTH | S_ISUID | S_ISGID), 0U) << entry.path();
        EXPECT_EQ(status.st_uid, 0U) << entry.path();
    }
}

TEST_F(RelayImageTest, ServesAsNobodyOnAReadOnlyRoot)
{
    if (const auto why = WhyNoContainers(); !why.empty()) {
        GTEST_SKIP() << "this machine starts no container: " << why;
    }
    const auto ports = stack::FreePorts(1);
    ASSERT_TRUE(ports);
    const auto port = ports->front();
    const berth::test::PrivatePostgres postgres;
    fs::permissions(postgres.folder(), fs::perms{0755});
    const RelayContainer relay{folder_ / "first",
                               "test",
                               {{"BERTH_RELAY_DATABASE_URL", postgres.Url()},
                                {"BERTH_RELAY_ADDRESS", "127.0.0.1:" + std::to_string(port)}},
                               postgres.folder()};

    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (relay.Log().find("\"serving\"") == std::string::npos) {
        ASSERT_LT(std::chrono::steady_clock::now(), limit) << relay.Log();
        std::this_thread::sleep_for(20ms);
    }
    struct ::stat status {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(relay.pid())).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, kNobody);
    EXPECT_EQ(Fetch(port, "/health").status, 200U);
    EXPECT_EQ(relay.Exec({"/bin/berth-relay", "health"}), 0) << "there is no curl in the image";
    const auto event = Sign(nostr::SecretKey::Generate());
    RelayClient client{port};
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Query("{\"ids\":[\"" + event.id + "\"]}"), std::vector{event.id});
}

}  // namespace
}  // namespace berth::relay::test
