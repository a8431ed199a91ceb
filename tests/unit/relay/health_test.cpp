#include "relay-image/http/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kNow = FromUnixSeconds(1'800'000'000);

Health Sound()
{
    Health health;
    health.database_up = true;
    health.disk_free_bytes = 50LL << 30;
    return health;
}

TEST(HealthTest, WarnsOfNothingWhileAllIsWell)
{
    EXPECT_THAT(WarningsOf(Sound(), kNow), IsEmpty());
    auto health = Sound();
    health.disk_free_bytes = 0;  // Not known.
    health.certificate_ends = kNow + 30 * 24h;
    EXPECT_THAT(WarningsOf(health, kNow), IsEmpty());
}

TEST(HealthTest, WarnsOfADiskThatIsNearlyFull)
{
    auto health = Sound();
    health.disk_free_bytes = (1LL << 30) - 1;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("1023 MiB are free")));
}

TEST(HealthTest, WarnsOfADatabaseThatLags)
{
    auto health = Sound();
    health.time_to_store = 1001ms;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("1001 ms")));
    health.database_up = false;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("does not answer")));
}

TEST(HealthTest, WarnsOfACertificateTwoWeeksBeforeItsEnd)
{
    auto health = Sound();
    health.certificate_ends = kNow + 14 * 24h;
    EXPECT_THAT(WarningsOf(health, kNow), IsEmpty());
    health.certificate_ends = kNow + 14 * 24h - 1s;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("certificate ends at")));
}

TEST(HealthTest, WarnsOfALowBalanceAWeekBeforeTheHostingEnds)
{
    auto health = Sound();
    health.hosting_paid_through = kNow + 7 * 24h;
    EXPECT_THAT(WarningsOf(health, kNow), IsEmpty());
    health.hosting_paid_through = kNow + 7 * 24h - 1s;
    EXPECT_THAT(WarningsOf(health, kNow),
                ElementsAre("the balance is low: the hosting of this relay is paid until " +
                            FormatTime(*health.hosting_paid_through)));
    EXPECT_TRUE(health.sound());
}

TEST(HealthTest, WarnsOfAPaymentVerifierThatIsDownAndStaysSound)
{
    auto health = Sound();
    health.payment_verifier = VerifierState::kStarting;
    EXPECT_THAT(WarningsOf(health, kNow), IsEmpty());
    EXPECT_THAT(HealthDocument(health, kNow), HasSubstr("\"payment_verifier\":\"starting\""));
    health.payment_verifier = VerifierState::kDown;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("payments cannot be verified")));
    EXPECT_TRUE(health.sound());
}

TEST(HealthTest, WarnsOfARedisThatIsDownAndStaysSound)
{
    auto health = Sound();
    EXPECT_THAT(HealthDocument(health, kNow), HasSubstr("\"redis\":\"disabled\""));
    health.redis = RedisState::kUp;
    EXPECT_THAT(WarningsOf(health, kNow), IsEmpty());
    EXPECT_THAT(HealthDocument(health, kNow), HasSubstr("\"redis\":\"ok\""));
    health.redis = RedisState::kDown;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre("Redis does not answer; live events of other "
                                                      "replicas come by the database"));
    health.redis = RedisState::kRefuses;
    EXPECT_THAT(WarningsOf(health, kNow), ElementsAre(HasSubstr("password or rights")));
    EXPECT_THAT(HealthDocument(health, kNow), HasSubstr("\"redis\":\"down\""));
    EXPECT_THAT(HealthDocument(health, kNow), HasSubstr("\"status\":\"ok\""));
}

}  // namespace
}  // namespace berth::relay
