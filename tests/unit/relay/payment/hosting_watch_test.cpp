#include "relay-image/payment/hosting_watch.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <sstream>

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

using Answer = Result<std::optional<Time>>;

constexpr auto kEnd = FromUnixSeconds(1'800'000'000);

/// Gives its answers one after the other, then the last one again.
class Script {
public:
    explicit Script(std::deque<Answer> answers) : answers_{std::move(answers)} {}

    Answer Next()
    {
        const std::scoped_lock lock{mutex_};
        ++asked_;
        changed_.notify_all();
        if (answers_.size() > 1) {
            const auto answer = answers_.front();
            answers_.pop_front();
            return answer;
        }
        return answers_.front();
    }
    /// Waits until what was asked `times` before has been worked on.
    void AwaitAsked(int times)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return asked_ > times; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Answer> answers_;
    int asked_ = 0;
};

Answer Down() { return Fail(ErrorCode::kUnavailable, "MARKETPLACE_ERROR", "It is down."); }

class HostingWatchTest : public testing::Test {
protected:
    std::ostringstream out_;
    SystemClock clock_;
    Log log_{out_, "test", clock_};
};

TEST_F(HostingWatchTest, KeepsWhatWasToldWhileTheMarketplaceIsDown)
{
    Script script{{std::optional{kEnd}, Down()}};
    {
        const HostingWatch watch{[&] { return script.Next(); }, {1ms, 1ms}, log_};
        script.AwaitAsked(4);
        EXPECT_EQ(watch.paid_through(), kEnd);
    }
    const auto logged = out_.str();
    EXPECT_EQ(std::ranges::count(logged, '\n'), 1) << "an outage is told once: " << logged;
}

TEST_F(HostingWatchTest, AsksAgainAfterAFailureAndFollowsWhatChanges)
{
    Script script{{Down(), std::optional<Time>{}, std::optional{kEnd}, std::optional{kEnd + 24h}}};
    const HostingWatch watch{[&] { return script.Next(); }, {1ms, 1ms}, log_};
    script.AwaitAsked(4);
    EXPECT_EQ(watch.paid_through(), kEnd + 24h);
}

TEST_F(HostingWatchTest, KnowsNothingOfAnOrderThatIsNotActive)
{
    Script script{{std::optional<Time>{}}};
    const HostingWatch watch{[&] { return script.Next(); }, {1ms, 1h}, log_};
    script.AwaitAsked(1);
    EXPECT_FALSE(watch.paid_through());
}

}  // namespace
}  // namespace berth::relay
