#include "worker/provision/publish_dns.hpp"

#include <gtest/gtest.h>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

TEST(PublishDnsTest, PointsAtAnEdgeByItsNameOrAddress)
{
    EXPECT_EQ(EdgeRecord("a.b", {.address = "edge.berth.test", .wildcard_zone = {}}, 60s).type,
              "CNAME");
    EXPECT_EQ(EdgeRecord("a.b", {.address = "2001:db8::1", .wildcard_zone = {}}, 60s).type, "AAAA");
}

}  // namespace
}  // namespace berth::worker
