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
