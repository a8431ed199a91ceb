#include <atomic>
#include <thread>

#include "relay-image/storage/lmdb_event_store.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

/// What only the storage on LMDB has to show.
class LmdbTest : public StorageTest<LmdbSubject> {};

std::vector<EventPtr> Many(int count, int kind, std::size_t bytes)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < count; ++i) {
        events.push_back(
            Make({.kind = kind, .content = std::to_string(i) + std::string(bytes, 'x')}));
    }
    return events;
}

TEST_F(LmdbTest, GrowsItsMapWhileOthersRead)
{
    std::atomic<bool> stop = false;
    std::atomic<int> reads = 0;
    std::thread reader{[&] {
        const auto store = subject_.Open();
        while (!stop || reads == 0) {
            EXPECT_TRUE(store->Find({}, 10, 2'000));
            ++reads;
        }
    }};
    for (int kind = 1; kind <= 20; ++kind) {  // 20 MB, of which the first map holds one.
        for (const auto verdict : PutAll(Many(200, 1'000 + kind, 5'000))) {
            ASSERT_EQ(verdict, Verdict::kStored);
        }
    }
    stop = true;
    reader.join();
    EXPECT_EQ(store_->Count({}, 100'000, 2'000).value(), 4'000);
    EXPECT_GT(store_->Measure().value().database_bytes, 20'000'000);
}

TEST_F(LmdbTest, TakesLittleDiskForAnEvent)
{
    constexpr int kEvents = 20'000;
    constexpr int kBatch = 200;
    std::size_t json_bytes = 0;
    for (int i = 0; i < kEvents / kBatch; ++i) {
        std::vector<EventPtr> batch;
        for (int j = 0; j < kBatch; ++j) {
            const int n = i * kBatch + j;
            batch.push_back(Make({.author = KeyOf(std::to_string(n * 7 % 1'000)),
                                  .created_at = 1'700'000'000 + n,
                                  .content = std::to_string(n) + std::string(300, 'c'),
                                  .tags = {{"e", KeyOf(std::to_string(n))},
                                           {"p", KeyOf(std::to_string(n % 1'000))},
                                           {"t", "topic" + std::to_string(n % 200)}}}));
            json_bytes += batch.back()->json.size();
        }
        PutAll(batch);
    }
    EXPECT_GT(json_bytes / kEvents, 780U);
    const auto file = std::filesystem::path{subject_.Arguments().at(1)} / "data.mdb";
    EXPECT_LT(std::filesystem::file_size(file) / kEvents, 1'500U);
}

TEST_F(LmdbTest, SaysWhenItsFolderCannotBeHad)
{
    LmdbEventStore store{std::make_shared<LmdbEnvironment>("/proc/nowhere")};
    for (const auto& outcome : {store.Migrate(), store.Check()}) {
        ASSERT_TRUE(outcome.has_error());
        EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
        EXPECT_EQ(outcome.error().reason, "DATABASE_UNAVAILABLE");
    }
    EXPECT_TRUE(store.Find({}, 1, 1).has_error());
}

TEST_F(LmdbTest, RefusesARecordKeyThatIsTooLong)
{
    const auto refused = store_->PutRecord("c", std::string(510, 'k'), "1");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "RECORD_KEY_TOO_LONG");
    EXPECT_TRUE(store_->EraseRecord("c", std::string(510, 'k')));
}

}  // namespace
}  // namespace berth::relay::test
