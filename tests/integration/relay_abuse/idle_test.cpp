#include <sys/resource.h>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

constexpr std::size_t kConnections = 10000;
constexpr std::size_t kMostEach = 13 * 1024;  ///< Bytes of memory for an idle connection.

/// How many descriptors this process may hold, after asking for as many as there are.
std::size_t AllowedDescriptors()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max;
}

class IdleTest : public HostileTest {
protected:
    IdleTest() : HostileTest{{{"MAX_CONNECTIONS", std::to_string(kConnections + 10)}}} {}
};

TEST_F(IdleTest, TenThousandIdleClientsCostLittleAndStopNobody)
{
    ASSERT_GT(AllowedDescriptors(), kConnections + 200) << "raise the hard limit of open files";
    ExpectServed();
    const auto before = AnonymousMemory();
    std::vector<RawClient> idle;
    idle.reserve(kConnections);
    for (std::size_t i = 0; i < kConnections; ++i) idle.push_back(Opened());
    const auto each = (AnonymousMemory() - before) * 1024 / kConnections;
    RecordProperty("bytes_per_connection", static_cast<int>(each));
    EXPECT_LE(each, kMostEach);
    ExpectServed();
    for (auto client = idle.begin(); client < idle.end(); client += 1000) {
        client->SendText(R"(["REQ","s",{"limit":0}])");
        EXPECT_NE(client->ReceiveText().find("EOSE"), std::string::npos);
    }
    idle.clear();
    ExpectServed();
}

}  // namespace
}  // namespace berth::relay::test
