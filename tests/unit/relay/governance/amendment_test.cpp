#include "relay-image/governance/amendment.hpp"

#include <gtest/gtest.h>

#include "core/base/strict_json.hpp"
#include "relay-image/governance/membership_events.hpp"

namespace berth::relay {
namespace {

const std::string kOwner(64, 'a');
const std::string kBob(64, 'b');
constexpr std::int64_t kNow = 1'800'000'000;

class AmendmentTest : public testing::Test {
protected:
    Amendment By(const Actor& actor, std::int64_t now = kNow)
    {
        return Amendment{rules_, access_, actor, now};
    }
    Amendment ByOwner() { return By({.pubkey = kOwner, .via = "nip86", .is_owner = true}); }
    Amendment BySomebody(std::int64_t now = kNow)
    {
        return By({.pubkey = kBob, .via = "nip43", .is_anyone = true}, now);
    }
    template <typename T>
    static std::string ReasonOf(const Result<T>& result)
    {
        return result ? "" : result.error().reason;
    }

    Rules rules_;
    const AccessPolicy access_{AccessSettings{.owner = kOwner, .writers = {}}};
};

TEST_F(AmendmentTest, WritesDownWhoDidWhat)
{
    auto amendment = ByOwner();
    ASSERT_TRUE(amendment.BanPubkey(kBob, "spam", true));
    ASSERT_EQ(amendment.edits().size(), 2U);
    EXPECT_EQ(amendment.edits()[0].collection, collection::kBannedPubkeys);
    EXPECT_EQ(amendment.edits()[0].key, kBob);
    EXPECT_EQ(amendment.edits()[1].collection, collection::kAudit);
    const AuditLine line{
        .at = kNow, .by = kOwner, .via = "nip86", .act = "banpubkey", .subject = kBob};
    EXPECT_EQ(amendment.audited(), std::vector{line});
}

TEST_F(AmendmentTest, KeepsTheNewestThousandLines)
{
    for (int i = 0; i < 1000; ++i) rules_.audit["000000" + std::to_string(100'000 + i)] = {};
    auto amendment = ByOwner();
    ASSERT_TRUE(amendment.DisallowKind(7));
    EXPECT_EQ(amendment.rules().audit.size(), 1000U);
    EXPECT_EQ(amendment.edits().back().key, "000000100000");
    EXPECT_FALSE(amendment.edits().back().json);
}

TEST_F(AmendmentTest, KeepsTheLinesOfOneSecondInTheirOrder)
{
    auto amendment = ByOwner();
    for (int kind = 0; kind < 20; ++kind) ASSERT_TRUE(amendment.DisallowKind(kind));
    int kind = 0;
    for (const auto& [key, line] : amendment.rules().audit) {
        EXPECT_EQ(line.subject, std::to_string(kind++));
    }
}

TEST_F(AmendmentTest, EndsAnInviteAtItsTime)
{
    rules_.invites["come-in-please"] = {.by = {}, .role = {}, .at = kNow, .expires_at = kNow + 60};
    EXPECT_EQ(ReasonOf(BySomebody(kNow + 60).Join("come-in-please")), "INVITE_EXPIRED");
    auto amendment = BySomebody(kNow + 59);
    EXPECT_EQ(ReasonOf(amendment.Join("come-in-please")), "");
    EXPECT_EQ(amendment.joined(), std::vector{kBob});
    EXPECT_EQ(amendment.rules().invites.at("come-in-please").uses, 1);
}

TEST_F(AmendmentTest, GivesAMemberFiveOpenInvites)
{
    auto amendment = BySomebody();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ReasonOf(amendment.CreateInvite({})), "");
    EXPECT_EQ(ReasonOf(amendment.CreateInvite({})), "TOO_MANY_INVITES");
    rules_ = amendment.rules();
    EXPECT_EQ(ReasonOf(BySomebody(kNow + 7 * 86400).CreateInvite({})), "") << "they have ended";
}

TEST_F(AmendmentTest, TakesNoTextThatCannotBeShown)
{
    auto amendment = ByOwner();
    EXPECT_EQ(ReasonOf(amendment.BanPubkey(kBob, "a\x1B[31m", false)), "BAD_TEXT");
    EXPECT_EQ(ReasonOf(amendment.Set("name", std::string(101, 'x'))), "BAD_SETTING");
    EXPECT_EQ(ReasonOf(amendment.Set("password", "x")), "UNKNOWN_SETTING");
    EXPECT_TRUE(amendment.edits().empty());
}

TEST_F(AmendmentTest, WritesOnlyRecordsThatCanBeReadAgain)
{
    auto amendment = ByOwner();
    ASSERT_TRUE(amendment.Set("description", std::string(999, 'x') + "\u00e9 and more"));
    for (const auto& edit : amendment.edits()) EXPECT_TRUE(ParseJsonStrict(*edit.json));
    EXPECT_EQ(amendment.audited().front().subject, std::string(999, 'x')) << "a whole character";
}

TEST_F(AmendmentTest, TakesTheRoleFromAllWhenItIsDeleted)
{
    rules_.roles["guest"] = {};
    rules_.members[kBob] = {.note = {}, .roles = {"guest", "other"}};
    auto amendment = ByOwner();
    ASSERT_TRUE(amendment.DeleteRole("guest"));
    EXPECT_EQ(amendment.rules().members.at(kBob).roles, std::set<std::string>{"other"});
}

TEST_F(AmendmentTest, EndsPowersWithTheMembership)
{
    rules_.members[kBob] = {};
    rules_.grants[kBob] = {"banevent"};
    auto amendment = ByOwner();
    ASSERT_TRUE(amendment.UnallowPubkey(kBob));
    EXPECT_TRUE(amendment.rules().PowersOf(kBob).empty());
    EXPECT_EQ(amendment.left(), std::vector{kBob});
}

TEST(MembershipEventsTest, NameFiveThousandMembersAtMost)
{
    const auto self = nostr::SecretKey::Generate();
    Rules rules;
    for (int i = 0; i < 5001; ++i) rules.members[std::to_string(i)] = {};
    const auto list = MemberList(rules, self, kNow);
    EXPECT_EQ(list.tags.size(), 5001U) << "5,000 and the dash";
    EXPECT_EQ(list.tags.front(), nostr::Tag{"-"});
    EXPECT_TRUE(nostr::VerifyEvent(list));
}

}  // namespace
}  // namespace berth::relay
