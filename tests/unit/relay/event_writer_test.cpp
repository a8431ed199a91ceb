#include "relay-image/storage/event_writer.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sstream>

#include <gmock/gmock.h>

#include "relay-image/protocol/event_kind.hpp"
#include "tests/fuzz/memory_records.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr auto kTemptation = 10ms;  ///< Time for another lane to come in.

/// What the stores of all lanes do, and how long they take for it.
class Stage {
public:
    /// A store comes with a batch, and stays until it is let go.
    void Enter(std::span<const EventPtr> events)
    {
        std::unique_lock lock{mutex_};
        ++inside_;
        changed_.notify_all();
        for (const auto& event : events) {
            if (event->event.kind == kVanishKind) {
                was_alone_ = !changed_.wait_for(lock, kTemptation, [this] { return inside_ > 1; });
            }
            stored_.push_back(event);
        }
        changed_.wait_for(lock, kPatience, [this] { return !held_; });
        --inside_;
        changed_.notify_all();
    }
    void Hold(bool held)
    {
        const std::scoped_lock lock{mutex_};
        held_ = held;
        changed_.notify_all();
    }
    bool AwaitInside(int count)
    {
        return Await([&] { return inside_ == count; });
    }
    bool AwaitStored(std::size_t count)
    {
        return Await([&] { return stored_.size() == count; });
    }
    /// Whether no other store was at work while one had a request to vanish.
    bool was_alone() const { return was_alone_; }
    std::vector<std::string> ContentsOf(const std::string& author)
    {
        const std::scoped_lock lock{mutex_};
        std::vector<std::string> contents;
        for (const auto& event : stored_) {
            if (event->event.pubkey == author) contents.push_back(event->event.content);
        }
        return contents;
    }

private:
    bool Await(const std::function<bool()>& condition)
    {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kPatience, condition);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    int inside_ = 0;
    std::atomic<bool> was_alone_ = false;
    std::vector<EventPtr> stored_;
};

class StagedStore final : public fuzz::MemoryRecords {
public:
    explicit StagedStore(Stage& stage) : stage_{stage} {}

    Result<std::vector<Verdict>> Store(std::span<const EventPtr> events) override
    {
        stage_.Enter(events);
        return std::vector<Verdict>(events.size(), Verdict::kStored);
    }

private:
    Stage& stage_;
};

class EventWriterTest : public testing::Test {
protected:
    bool Send(char author, const std::string& content, int kind = 1)
    {
        auto event = std::make_shared<AdmittedEvent>();
        event->event.pubkey = std::string(64, author);
        event->event.content = content;
        event->json = content;
        event->event.kind = kind;
        return writer_.Enqueue({std::move(event), {}});
    }
    /// Holds the lanes of two authors, each in the middle of a batch.
    void HoldBoth()
    {
        stage_.Hold(true);
        for (char author = 'a'; author <= 'f'; ++author) Send(author, "held");
        ASSERT_TRUE(stage_.AwaitInside(2));
    }

    Stage stage_;
    SystemClock clock_;
    std::ostringstream lines_;
    Log log_{lines_, "test", clock_};
    std::atomic<std::size_t> told_ = 0;
    EventWriter writer_{[this] { return std::make_unique<StagedStore>(stage_); }, 2, log_,
                        [this](auto written) { told_ += written.size(); }};
};

TEST_F(EventWriterTest, AuthorsWriteSideBySideAndEachInOrder)
{
    HoldBoth();
    std::vector<std::string> contents{"held"};
    for (int i = 0; i < 50; ++i) {
        contents.push_back(std::to_string(i));
        for (char author = 'a'; author <= 'f'; ++author) Send(author, contents.back());
    }
    stage_.Hold(false);
    ASSERT_TRUE(stage_.AwaitStored(51 * 6));
    for (char author = 'a'; author <= 'f'; ++author) {
        EXPECT_EQ(stage_.ContentsOf(std::string(64, author)), contents);
    }
}

TEST_F(EventWriterTest, RefusesWhatWouldTakeMuchMemoryUntilItHasWritten)
{
    HoldBoth();
    const std::string megabyte(1 << 20, 'x');
    std::size_t taken = 0;
    while (taken < 200 && Send('a', megabyte)) ++taken;
    EXPECT_EQ(taken, 64U);
    stage_.Hold(false);
    ASSERT_TRUE(stage_.AwaitStored(6 + taken));
    EXPECT_TRUE(Send('a', megabyte));
    ASSERT_TRUE(stage_.AwaitStored(6 + taken + 1));
}

TEST_F(EventWriterTest, WhoVanishesDoesSoWhileNobodyElseWrites)
{
    for (int round = 1; round <= 20; ++round) {
        HoldBoth();
        Send('a', "vanish", kVanishKind);
        for (char author = 'b'; author <= 'f'; ++author) Send(author, "beside");
        stage_.Hold(false);
        ASSERT_TRUE(stage_.AwaitStored(static_cast<std::size_t>(round) * 12));
        EXPECT_TRUE(stage_.was_alone());
    }
}

}  // namespace
}  // namespace berth::relay
