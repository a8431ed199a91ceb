#include "relay-image/retention/retention.hpp"

#include <iostream>

#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 20'000 * kDay;
constexpr std::int64_t kRest = 600;

AuthorClass ClassOf(const std::string& pubkey)
{
    if (pubkey == KeyOf("owner")) return AuthorClass::kOwner;
    if (pubkey == KeyOf("member")) return AuthorClass::kMember;
    return pubkey == KeyOf("payer") ? AuthorClass::kPaid : AuthorClass::kOther;
}

/// The rules put to each storage, with a clock of the test's own.
template <typename S>
class RetentionTest : public StorageTest<S> {
protected:
    void PutAged(const std::string& author, std::int64_t days, int kind = 1)
    {
        this->Put({.author = KeyOf(author),
                   .created_at = kNow - days * kDay,
                   .kind = kind,
                   .content = author + " " + std::to_string(days)});
    }
    /// Works until there is nothing more to do.
    void Work(Retention& retention, std::int64_t now = kNow)
    {
        while (retention.Work(*this->store_, now).value()) {}
    }
    void Apply(const std::vector<std::string>& rules, std::int64_t max_bytes = 0)
    {
        RetentionSettings settings{.rules = {}, .max_bytes = max_bytes};
        for (const auto& rule : rules) settings.rules.push_back(ParseRetentionRule(rule).value());
        Retention retention{settings, ClassOf, log_};
        Work(retention);
    }
    const SystemClock clock_;
    Log log_{std::cerr, "retention", clock_};

    Texts Left() { return this->Find({}, 10'000, kNow); }
};
TYPED_TEST_SUITE(RetentionTest, Subjects, SubjectNames);

TYPED_TEST(RetentionTest, ForgetsByAge)
{
    for (const int days : {9, 10, 11}) this->PutAged("anybody", days);
    this->Apply({"age=10d"});
    EXPECT_EQ(this->Left(), (Texts{"anybody 9", "anybody 10"}));
}

TYPED_TEST(RetentionTest, ForgetsByKindAndAge)
{
    this->PutAged("anybody", 50, 1);
    this->PutAged("anybody", 40, 7);
    this->Apply({"kinds=7 age=10d"});
    EXPECT_EQ(this->Left(), Texts{"anybody 50"});
}

TYPED_TEST(RetentionTest, LooksAtWhoTheAuthorIs)
{
    for (const auto* author : {"owner", "member", "payer", "stranger"}) this->PutAged(author, 50);
    this->Apply({"authors=other age=10d"});
    EXPECT_EQ(this->Left().size(), 3U);
    this->Apply({"authors=paid+member age=10d"});
    EXPECT_EQ(this->Left(), Texts{"owner 50"});
    this->Apply({"age=10d"});
    EXPECT_EQ(this->Left(), Texts{"owner 50"}) << "he is spared where no author is said";
    this->Apply({"authors=owner age=10d"});
    EXPECT_EQ(this->Left(), Texts{});
}

TYPED_TEST(RetentionTest, KeepsProfilesContactsAndRelayLists)
{
    for (const int kind : {0, 3, 10'002, 10'003}) this->PutAged("anybody", kind, kind);
    this->Apply({"age=1s", "count=0"});
    EXPECT_EQ(this->Left(), (Texts{"anybody 0", "anybody 3", "anybody 10002"}));
}

TYPED_TEST(RetentionTest, KeepsTheNewestOfACount)
{
    for (int days = 1; days <= 30; ++days) {
        this->PutAged("anybody", days);
        this->PutAged("member", days);
    }
    this->Apply({"authors=other count=3"});
    EXPECT_EQ(this->Find({.authors = {{KeyOf("anybody")}}}, 100, kNow),
              (Texts{"anybody 1", "anybody 2", "anybody 3"}));
    EXPECT_EQ(this->Find({.authors = {{KeyOf("member")}}}, 100, kNow).size(), 30U);
}

TYPED_TEST(RetentionTest, GoesThroughMoreThanOnePiece)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < 1'800; ++i) {
        events.push_back(Make({.author = KeyOf(i % 3 == 0 ? "member" : "anybody"),
                               .created_at = i,
                               .content = std::to_string(i)}));
    }
    this->PutAll(events);
    this->Apply({"authors=other count=100"});
    EXPECT_EQ(this->store_->Measure().value().events, 700);
    EXPECT_EQ(
        this->store_->Count({.authors = {{KeyOf("anybody")}}, .since = 1'650}, 1'000, 0).value(),
        100);
}

TYPED_TEST(RetentionTest, WorksInPiecesAndThenRests)
{
    for (int i = 0; i < 3; ++i) this->PutAged("anybody", 50 + i);
    Retention retention{{.rules = {ParseRetentionRule("age=10d").value()}}, ClassOf, this->log_};
    EXPECT_TRUE(retention.Work(*this->store_, kNow).value()) << "the round begins";
    this->Work(retention);
    EXPECT_EQ(this->Left(), Texts{});
    this->PutAged("anybody", 60);
    EXPECT_FALSE(retention.Work(*this->store_, kNow + kRest - 1).value());
    EXPECT_EQ(this->Left().size(), 1U);
    this->Work(retention, kNow + kRest);
    EXPECT_EQ(this->Left(), Texts{});
}

TYPED_TEST(RetentionTest, MakesRoomFromThoseWhoDidNotPayFirst)
{
    for (int days = 1; days <= 40; ++days) this->PutAged("payer", 100 + days);
    for (int days = 1; days <= 2; ++days) this->PutAged("anybody", days);
    this->PutAged("owner", 99);
    this->Apply({}, 1);  // One in twenty of 43, rounded up, and whatever it takes.
    const auto left = this->Left();
    EXPECT_EQ(left.size(), 40U);
    EXPECT_EQ(std::ranges::count(left, "payer 140"), 0) << "the oldest that was paid for";
    EXPECT_EQ(std::ranges::count(left, "payer 139"), 1);
    EXPECT_EQ(std::ranges::count(left, "anybody 1"), 0);
    EXPECT_EQ(std::ranges::count(left, "owner 99"), 1);
}

TYPED_TEST(RetentionTest, MakesNoRoomAgainBeforeTheDatabaseHasGrown)
{
    for (int days = 1; days <= 40; ++days) this->PutAged("anybody", days);
    this->Apply({}, 1);
    const auto left = this->Left().size();
    EXPECT_EQ(left, 37U);
    this->Apply({}, 1);  // As after a restart.
    EXPECT_EQ(this->Left().size(), left);
}

TYPED_TEST(RetentionTest, LeavesEverythingUnlessTold)
{
    this->PutAged("anybody", 99);
    this->Apply({});
    this->Apply({}, std::int64_t{1} << 40);
    EXPECT_EQ(this->Left().size(), 1U);
}

TYPED_TEST(RetentionTest, KeepsWhatMayNotBeForgottenYetAndTakesNothingInItsPlace)
{
    for (const int days : {50, 40, 30, 20}) this->PutAged("anybody", days);
    std::int64_t free_from = kNow - 35 * kDay;
    Retention retention{
        {.rules = {ParseRetentionRule("count=2").value()}},
        ClassOf,
        this->log_,
        [&](EventStore&, const StoredEvent& event) { return event.created_at >= free_from; }};
    this->Work(retention);
    EXPECT_EQ(this->Left().size(), 4U) << "the two oldest wait, the others are not in excess";
    free_from = 0;
    this->Work(retention, kNow + kRest);
    EXPECT_EQ(this->Left(), (Texts{"anybody 20", "anybody 30"}));
}

}  // namespace
}  // namespace berth::relay::test
