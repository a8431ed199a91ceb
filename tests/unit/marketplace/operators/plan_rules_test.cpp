#include "marketplace/operators/plan_rules.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace berth::operators {
namespace {

constexpr std::int64_t kFeeLeastBps = 500;

v1::Plan APlan()
{
    v1::Plan plan;
    plan.set_name("plans/small");
    plan.set_title("Small");
    plan.set_image("example.test/berth-relay:0.1.0");
    plan.set_postgres_image("postgres@sha256:" + std::string(64, 'a'));
    plan.set_edge_zone("relays.example.test");
    plan.mutable_resources()->set_cpu_millis(500);
    plan.mutable_resources()->set_memory_bytes(512LL << 20);
    plan.mutable_resources()->set_storage_bytes(1LL << 30);
    plan.set_setup_usd_micros(0);
    plan.set_monthly_usd_micros(10'000'000);
    plan.set_ceiling_lease_usd_micros(6'000'000);
    plan.set_margin_floor_bps(2000);
    plan.set_marketplace_fee_bps(500);
    plan.set_grace_seconds(86'400);
    plan.mutable_limits()->set_max_message_bytes(65'536);
    plan.mutable_limits()->set_max_subscriptions(20);
    plan.mutable_limits()->set_max_filters(10);
    plan.mutable_limits()->set_max_limit(500);
    return plan;
}

/// What a plan is refused for once it was spoiled; empty if it is not.
std::string Refusal(const std::function<void(v1::Plan&)>& spoil)
{
    auto plan = APlan();
    spoil(plan);
    const auto checked = CheckPlan(plan, kFeeLeastBps);
    if (checked) return {};
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(checked.error().reason, "BAD_PLAN");
    const auto& message = checked.error().message;
    return message.substr(0, message.find(':'));
}

TEST(PlanRulesTest, TakeASoundPlan)
{
    EXPECT_EQ(Refusal([](v1::Plan&) {}), "");
}

TEST(PlanRulesTest, WantImagesPinned)
{
    EXPECT_TRUE(IsPinnedImage("relay:1.2"));
    EXPECT_TRUE(IsPinnedImage("host.test:5000/relay:1.2"));
    EXPECT_TRUE(IsPinnedImage("relay@sha256:" + std::string(64, '0')));
    for (const auto* image : {"", "relay", "relay:", "relay:latest", ":1.2", "host.test:5000/relay",
                              "relay@sha256:00", "relay:1.2 ", "relay@md5:00", "relay:1\n2"}) {
        EXPECT_FALSE(IsPinnedImage(image)) << image;
    }
    EXPECT_FALSE(IsPinnedImage("relay:" + std::string(300, '1')));
}

TEST(PlanRulesTest, NameTheFieldThatIsWrong)
{
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_name("small"); }), "name");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_name("plans/Small"); }), "name");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_title(""); }), "title");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_image("relay:latest"); }), "image");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_postgres_image("postgres"); }), "postgres_image");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_edge_zone("relays"); }), "edge_zone");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_edge_zone("-a.example.test"); }), "edge_zone");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_setup_usd_micros(-1); }), "setup_usd_micros");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_monthly_usd_micros(0); }), "monthly_usd_micros");
    EXPECT_EQ(Refusal([](auto& plan) { plan.mutable_limits()->clear_max_filters(); }),
              "limits.max_filters");
    EXPECT_EQ(Refusal([](auto& plan) { plan.clear_resources(); }), "resources.cpu_millis");
    EXPECT_EQ(Refusal([](auto& plan) { plan.mutable_resources()->set_storage_class("ssd"); }),
              "resources.storage_class");
    EXPECT_EQ(Refusal([](auto& plan) { plan.mutable_resources()->set_storage_class("beta3"); }),
              "");
}

TEST(PlanRulesTest, LeaveALeaseWithinThePrice)
{
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_ceiling_lease_usd_micros(10'000'001); }),
              "ceiling_lease_usd_micros");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_margin_floor_bps(9'600); }), "margin_floor_bps");
    EXPECT_EQ(Refusal([](auto& plan) { plan.set_marketplace_fee_bps(kFeeLeastBps - 1); }),
              "marketplace_fee_bps");
}

}  // namespace
}  // namespace berth::operators
