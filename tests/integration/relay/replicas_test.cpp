#include <chrono>
#include <future>
#include <mutex>

#include "relay-image/storage/peer_watch.hpp"
#include "relay-image/storage/postgres_event_store.hpp"
#include "tests/integration/relay/random_events.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

class ReplicasTest : public RelayTest {
protected:
    const std::string database_ = NewDatabase();
};

/// A watch, and whether it took itself to be alone, each time it changed its mind.
class Watched {
public:
    explicit Watched(const std::string& url)
        : watch_{Secret{url},
                 {.on_alone = [this](bool alone) { Note(alone); },
                  .on_stored = [this](auto ids) { stored_.set_value(ids); }}}
    {
        watch_.Start();
    }
    ~Watched() { watch_.Stop(); }

    PeerWatch& watch() { return watch_; }
    std::vector<bool> Changes()
    {
        const std::scoped_lock lock{mutex_};
        return changes_;
    }
    std::vector<std::string> Stored()
    {
        auto ids = stored_.get_future();
        if (ids.wait_for(10s) != std::future_status::ready) return {};
        return ids.get();
    }

private:
    void Note(bool alone)
    {
        const std::scoped_lock lock{mutex_};
        changes_.push_back(alone);
    }

    std::mutex mutex_;
    std::vector<bool> changes_;
    std::promise<std::vector<std::string>> stored_;
    PeerWatch watch_;
};

TEST_F(ReplicasTest, NobodyWritesWhileOneTrustsItsMemory)
{
    Watched first{database_};
    ASSERT_TRUE(first.watch().AwaitKnown());
    EXPECT_TRUE(first.watch().alone());
    PostgresEventStore store{Secret{database_}};
    ASSERT_TRUE(store.Migrate());  // Returns once the first has given up.
    EXPECT_FALSE(first.watch().alone());
    EXPECT_EQ(first.Changes(), (std::vector{true, false}));
}

TEST_F(ReplicasTest, TheSecondOfTwoIsNotAloneEither)
{
    Watched first{database_};
    ASSERT_TRUE(first.watch().AwaitKnown());
    Watched second{database_};
    ASSERT_TRUE(second.watch().AwaitKnown());
    EXPECT_FALSE(first.watch().alone());
    EXPECT_FALSE(second.watch().alone());
}

TEST_F(ReplicasTest, OneTellsTheOtherWhatItStored)
{
    Watched first{database_};
    ASSERT_TRUE(first.watch().AwaitKnown());
    Watched second{database_};
    ASSERT_TRUE(second.watch().AwaitKnown());
    PostgresEventStore store{Secret{database_}, &second.watch()};
    ASSERT_TRUE(store.Migrate());
    const auto event = Admitted(Sign(alice_));
    ASSERT_TRUE(store.Store(std::vector{event}));
    EXPECT_EQ(first.Stored(), std::vector{event->event.id});
}

TEST_F(ReplicasTest, KnowsNothingWhileTheDatabaseIsDown)
{
    Watched first{database_};
    ASSERT_TRUE(first.watch().AwaitKnown());
    Postgres().Kill();
    Postgres().Start();
    PostgresEventStore store{Secret{database_}, &first.watch()};
    ASSERT_TRUE(store.Migrate());
    EXPECT_TRUE(first.watch().AwaitKnown());
}

TEST_F(ReplicasTest, AnEventOfOneReachesTheSubscribersOfTheOther)
{
    RelayProcess one{database_};
    RelayProcess two{database_};
    RelayClient reader{two.port()};
    reader.Send(R"(["REQ","live",{"kinds":[1]}])");
    reader.ReceiveOnly("EOSE");
    RelayClient writer{one.port()};
    const auto event = Sign(alice_);
    ASSERT_EQ(writer.Publish(event), "true");
    const auto delivered = reader.ReceiveOnly("EVENT");
    EXPECT_EQ(std::string{delivered.at(2).at("id").as_string()}, event.id);
}

TEST_F(ReplicasTest, OneFindsAtOnceWhatTheOtherAcknowledged)
{
    RelayProcess one{database_};
    RelayClient before{one.port()};
    ASSERT_EQ(before.Publish(Sign(alice_, {.content = "alone"})), "true");
    RelayProcess two{database_};
    const auto between = Sign(alice_, {.content = "to the first"});
    ASSERT_EQ(before.Publish(between), "true");
    RelayClient second{two.port()};
    EXPECT_EQ(second.Query("{}").size(), 2U);
    RelayClient writer{two.port()};
    for (int i = 0; i < 20; ++i) {
        const auto event = Sign(bob_, {.content = std::to_string(i)});
        ASSERT_EQ(writer.Publish(event), "true");
        // A reader of its own each time, who hears nothing of what was stored before him.
        RelayClient reader{one.port()};
        ASSERT_EQ(reader.Query("{\"ids\":[" + Quoted(event.id) + "]}"), std::vector{event.id});
    }
    RelayClient reader{one.port()};
    EXPECT_EQ(reader.Query("{}").size(), 22U);
}

}  // namespace
}  // namespace berth::relay::test
