#include "relay-image/fanout/peer_events.hpp"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "relay-image/fanout/fanout.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

class PeerEventsTest : public testing::Test {
protected:
    nostr::Event Sign(const std::string& content)
    {
        nostr::Event event{.id = {},
                           .pubkey = {},
                           .created_at = ToUnixSeconds(clock_.Now()),
                           .kind = 1,
                           .tags = {},
                           .content = content,
                           .sig = {}};
        nostr::SignEvent(event, key_);
        return event;
    }
    std::size_t CountWarnings() const
    {
        const auto text = out_.str();
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    FakeClock clock_;
    std::ostringstream out_;
    Log log_{out_, "test", clock_};
    std::vector<std::string> delivered_;
    std::string banned_;
    int reads_ = 0;
    PeerEvents events_{
        {.clock = clock_,
         .log = log_,
         .read = [this](auto) { ++reads_; },
         .why_not = [this](const auto& event) -> std::string {
             return event.content == banned_ ? "blocked: banned" : "";
         },
         .deliver = [this](const auto& event) { delivered_.push_back(event->event.id); }}};
};

TEST_F(PeerEventsTest, DeliversOnceWhatComesTwice)
{
    const auto event = Sign("once");
    EXPECT_TRUE(events_.TakeWhole(nostr::ToJson(event)));
    EXPECT_TRUE(events_.TakeWhole(nostr::ToJson(event)));
    EXPECT_EQ(delivered_, std::vector{event.id});
}

TEST_F(PeerEventsTest, ReadsBackOnlyWhatDidNotCome)
{
    const auto came = Sign("came"), lost = Sign("lost");
    events_.TakeWhole(nostr::ToJson(came));
    events_.TakeStored({came.id});
    EXPECT_EQ(reads_, 0);
    events_.TakeStored({came.id, lost.id});
    EXPECT_EQ(reads_, 1);
}

TEST_F(PeerEventsTest, DeliversNothingThatIsForgedAndWarnsOnceOfIt)
{
    auto forged = Sign("true");
    forged.content = "false";
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(events_.TakeWhole(nostr::ToJson(forged)));
    EXPECT_FALSE(events_.TakeWhole("no event"));
    EXPECT_TRUE(delivered_.empty());
    EXPECT_EQ(CountWarnings(), 1U);
    EXPECT_NE(out_.str().find("BAD_EVENT_ID"), std::string::npos);
}

TEST_F(PeerEventsTest, DeliversNothingThatTheRulesForbid)
{
    banned_ = "unwanted";
    EXPECT_FALSE(events_.TakeWhole(nostr::ToJson(Sign("unwanted"))));
    EXPECT_TRUE(delivered_.empty());
}

TEST(OncePerMinuteTest, LetsOneThroughEachMinute)
{
    OncePerMinute limit;
    const OncePerMinute::Steady::time_point start{1h};
    EXPECT_TRUE(limit.Passes(start));
    EXPECT_FALSE(limit.Passes(start + 59s));
    EXPECT_TRUE(limit.Passes(start + 60s));
    EXPECT_FALSE(limit.Passes(start + 61s));
}

TEST(RedisStateTest, IsNamedAsHealthWritesIt)
{
    EXPECT_EQ(NameOf(RedisState::kDisabled), "disabled");
    EXPECT_EQ(NameOf(RedisState::kUp), "ok");
    EXPECT_EQ(NameOf(RedisState::kDown), "down");
    EXPECT_EQ(NameOf(RedisState::kRefuses), "down");
}

}  // namespace
}  // namespace berth::relay
