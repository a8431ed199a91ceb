#include <thread>

#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

template <typename S>
class RecordsTest : public StorageTest<S> {
protected:
    /// `key=json` of a collection.
    std::vector<std::string> Load(const std::string& collection)
    {
        std::vector<std::string> texts;
        const auto records = this->store_->LoadRecords(collection).value();
        for (const auto& record : records) texts.push_back(record.key + "=" + record.json);
        return texts;
    }
};
TYPED_TEST_SUITE(RecordsTest, Subjects, SubjectNames);

using Texts = std::vector<std::string>;

TYPED_TEST(RecordsTest, AreKeptByCollectionAndKey)
{
    EXPECT_EQ(this->Load("bans"), Texts{});
    ASSERT_TRUE(this->store_->PutRecord("bans", "b", "{\"why\":\"spam\"}"));
    ASSERT_TRUE(this->store_->PutRecord("bans", "a", "[1,2]"));
    ASSERT_TRUE(this->store_->PutRecord("ban", "sa", "1"));
    ASSERT_TRUE(this->store_->PutRecord("members", "a", "2"));
    EXPECT_EQ(this->Load("bans"), (Texts{"a=[1,2]", "b={\"why\":\"spam\"}"}));
    EXPECT_EQ(this->Load("ban"), Texts{"sa=1"});
}

TYPED_TEST(RecordsTest, AreReplacedAndErased)
{
    ASSERT_TRUE(this->store_->PutRecord("bans", "a", "1"));
    ASSERT_TRUE(this->store_->PutRecord("bans", "a", "2"));
    ASSERT_TRUE(this->store_->PutRecord("bans", "b", "3"));
    EXPECT_EQ(this->Load("bans"), (Texts{"a=2", "b=3"}));
    ASSERT_TRUE(this->store_->EraseRecord("bans", "a"));
    ASSERT_TRUE(this->store_->EraseRecord("bans", "a")) << "none is no error";
    ASSERT_TRUE(this->store_->EraseRecord("members", "b"));
    EXPECT_EQ(this->Load("bans"), Texts{"b=3"});
}

TYPED_TEST(RecordsTest, AreSwappedOnlyForWhatIsThere)
{
    auto& store = *this->store_;
    EXPECT_EQ(store.LoadRecord("accounts", "a").value(), std::nullopt);
    EXPECT_FALSE(store.SwapRecord("accounts", "a", "0", "1").value());
    EXPECT_TRUE(store.SwapRecord("accounts", "a", std::nullopt, "1").value());
    EXPECT_FALSE(store.SwapRecord("accounts", "a", std::nullopt, "2").value());
    EXPECT_FALSE(store.SwapRecord("accounts", "a", "2", "3").value());
    EXPECT_TRUE(store.SwapRecord("accounts", "a", "1", "4").value());
    EXPECT_EQ(store.LoadRecord("accounts", "a").value(), "4");
    EXPECT_EQ(this->Load("accounts"), Texts{"a=4"});
}

TYPED_TEST(RecordsTest, AreErasedIfTheyAreAsTheyWereRead)
{
    auto& store = *this->store_;
    EXPECT_TRUE(store.SwapRecord("accounts", "a", std::nullopt, std::nullopt).value());
    EXPECT_FALSE(store.SwapRecord("accounts", "a", "1", std::nullopt).value());
    ASSERT_TRUE(store.PutRecord("accounts", "a", "1"));
    EXPECT_FALSE(store.SwapRecord("accounts", "a", std::nullopt, std::nullopt).value());
    EXPECT_FALSE(store.SwapRecord("accounts", "a", "2", std::nullopt).value());
    EXPECT_TRUE(store.SwapRecord("accounts", "a", "1", std::nullopt).value());
    EXPECT_EQ(store.LoadRecord("accounts", "a").value(), std::nullopt);
    EXPECT_EQ(this->Load("accounts"), Texts{});
}

TYPED_TEST(RecordsTest, AreSwappedHoweverLongTheyAre)
{
    auto& store = *this->store_;
    const std::string first(1'000, '1'), second(10'000, '2');
    EXPECT_TRUE(store.SwapRecord("accounts", "a", std::nullopt, first).value());
    EXPECT_EQ(store.LoadRecord("accounts", "a").value(), first);
    EXPECT_TRUE(store.SwapRecord("accounts", "a", first, second).value());
    EXPECT_EQ(store.LoadRecord("accounts", "a").value(), second);
}

TYPED_TEST(RecordsTest, AreSwappedByOneOfManyThreads)
{
    ASSERT_TRUE(this->store_->PutRecord("accounts", "a", "0"));
    constexpr int kThreads = 4, kSwaps = 25;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([this] {
            const auto store = this->subject_.Open();
            for (int done = 0; done < kSwaps;) {
                const auto before = store->LoadRecord("accounts", "a").value().value();
                const auto after = std::to_string(std::stoi(before) + 1);
                done += store->SwapRecord("accounts", "a", before, after).value() ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(this->store_->LoadRecord("accounts", "a").value(), "100");
}

TYPED_TEST(RecordsTest, MayHoldMuch)
{
    const auto json = "\"" + std::string(100'000, 'x') + "\"";
    const std::string key(400, 'k');
    ASSERT_TRUE(this->store_->PutRecord("settings", key, json));
    EXPECT_EQ(this->Load("settings"), Texts{key + "=" + json});
}

TYPED_TEST(RecordsTest, AreSeenByOtherStoresAndNotAmongTheEvents)
{
    const auto other = this->subject_.Open();
    ASSERT_TRUE(other->PutRecord("bans", "a", "1"));
    EXPECT_EQ(this->Load("bans"), Texts{"a=1"});
    EXPECT_EQ(this->store_->Measure().value().events, 0);
    EXPECT_EQ(this->store_->Remove({}, 10).value(), 0);
    EXPECT_EQ(this->Load("bans"), Texts{"a=1"});
}

}  // namespace
}  // namespace berth::relay::test
