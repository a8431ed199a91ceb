#include <gtest/gtest.h>

#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

const std::string kAlice(64, 'a');
const std::string kBob(64, 'b');

nostr::Event EventOf(const std::string& pubkey, int kind = 1)
{
    return {.id = std::string(64, '1'),
            .pubkey = pubkey,
            .created_at = 5,
            .kind = kind,
            .tags = {},
            .content = {},
            .sig = {}};
}

std::shared_ptr<Rules> LoadedRules()
{
    auto rules = std::make_shared<Rules>();
    rules->loaded = true;
    return rules;
}

TEST(AccessPolicyTest, LetsAllowedWritersThroughARestriction)
{
    EXPECT_EQ(AccessPolicy{AccessSettings{}}.WhyNotPublish(EventOf(kAlice), {}), "");
    const AccessPolicy closed{{.restricted_writes = true, .owner = {}, .writers = {}}};
    EXPECT_TRUE(closed.WhyNotPublish(EventOf(kAlice), {}).starts_with("restricted:"));
    const AccessPolicy open_to_us{{.restricted_writes = true, .owner = {}, .writers = {kAlice}}};
    EXPECT_EQ(open_to_us.WhyNotPublish(EventOf(kAlice), {}), "");
    const AccessPolicy owned{{.restricted_writes = true, .owner = kAlice, .writers = {}}};
    EXPECT_EQ(owned.WhyNotPublish(EventOf(kAlice), {}), "");
}

TEST(AccessPolicyTest, AsksForAuthenticationFirst)
{
    const AccessPolicy policy{{.auth_required = true, .owner = {}, .writers = {}}};
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice), {}).starts_with("auth-required:"));
    EXPECT_TRUE(policy.WhyNotRead({}).starts_with("auth-required:"));
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kAlice), {kAlice}), "");
    EXPECT_EQ(policy.WhyNotRead({kAlice}), "");
}

TEST(AccessPolicyTest, TakesNothingBeforeTheRulesAreRead)
{
    AccessPolicy policy{AccessSettings{}};
    policy.Adopt(std::make_shared<const Rules>());
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice), {}).starts_with("error:"));
}

TEST(AccessPolicyTest, RefusesABannedKeyItsEventsAndItsReading)
{
    AccessPolicy policy{AccessSettings{}};
    auto rules = LoadedRules();
    rules->banned_pubkeys[kBob] = {};
    policy.Adopt(rules);
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kBob), {}).starts_with("blocked:"));
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice), {kBob}).starts_with("blocked:"));
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kBob, kJoinKind), {}).starts_with("blocked:"));
    EXPECT_TRUE(policy.WhyNotRead({kBob}).starts_with("restricted:"));
    EXPECT_TRUE(policy.WhyNotStore(EventOf(kBob)).starts_with("blocked:"));
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kAlice), {kAlice}), "");
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kBob, kVanishKind), {}), "") << "he may vanish";
}

TEST(AccessPolicyTest, RefusesABannedEventAndAKindThatIsNotTaken)
{
    AccessPolicy policy{AccessSettings{}};
    auto rules = LoadedRules();
    rules->banned_events[EventOf(kAlice).id] = {};
    policy.Adopt(rules);
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice), {}).starts_with("blocked:"));

    rules = LoadedRules();
    rules->disallowed_kinds = {7};
    policy.Adopt(rules);
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice, 7), {}).starts_with("blocked:"));
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kAlice, 1), {}), "");

    rules = LoadedRules();
    rules->allowed_kinds = {1};
    policy.Adopt(rules);
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice, 7), {}).starts_with("blocked:"));
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kAlice, 1), {}), "");
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kAlice, kDeletionKind), {}), "");
}

TEST(AccessPolicyTest, LetsAnybodyAskToJoinARelayForMembers)
{
    AccessPolicy policy{{.restricted_writes = true, .owner = {}, .writers = {}}};
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kBob, kJoinKind), {}), "");
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kBob, kInviteKind), {}).starts_with("blocked:"));
    auto rules = LoadedRules();
    rules->members[kBob] = {};
    policy.Adopt(rules);
    EXPECT_EQ(policy.WhyNotPublish(EventOf(kBob), {}), "");
    EXPECT_TRUE(policy.WhyNotPublish(EventOf(kAlice), {}).starts_with("restricted:"));
}

TEST(AccessPolicyTest, ServesMembersOnlyWhereReadingIsRestricted)
{
    AccessPolicy policy{{.restricted_reads = true, .owner = {}, .writers = {kAlice}}};
    EXPECT_TRUE(policy.WhyNotRead({}).starts_with("auth-required:"));
    EXPECT_TRUE(policy.WhyNotRead({kBob}).starts_with("restricted:"));
    EXPECT_EQ(policy.WhyNotRead({kAlice}), "");
}

TEST(AccessPolicyTest, FollowsTheSwitchesThatTheOwnerSet)
{
    AccessPolicy policy{AccessSettings{}};
    auto rules = LoadedRules();
    rules->settings["auth_required"] = "true";
    policy.Adopt(rules);
    EXPECT_TRUE(policy.Current().auth_required);
    EXPECT_TRUE(policy.WhyNotRead({}).starts_with("auth-required:"));
    policy.Adopt(LoadedRules());
    EXPECT_FALSE(policy.Current().auth_required) << "the configuration holds again";
}

TEST(AccessPolicyTest, RefusesConnectionsFromABlockedNetwork)
{
    AccessPolicy policy{AccessSettings{}};
    auto rules = LoadedRules();
    rules->blocked["10.1.0.0/16"] = {};
    rules->blocked["192.0.2.7"] = {};
    rules->blocked["2001:db8::/32"] = {};
    policy.Adopt(rules);
    for (const auto* address : {"10.1.2.3", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8:1::9"}) {
        EXPECT_TRUE(policy.WhyNotConnect(address).starts_with("blocked:")) << address;
    }
    for (const auto* address : {"10.2.0.1", "192.0.2.8", "2001:db9::1", "no address"}) {
        EXPECT_EQ(policy.WhyNotConnect(address), "") << address;
    }
}

TEST(RulesTest, GiveAMemberThePowersOfItsRolesAndGrants)
{
    Rules rules;
    rules.roles["mod"] = {.label = {}, .description = {}, .color = {}, .methods = {"banevent"}};
    rules.members[kAlice] = {.note = {}, .roles = {"mod", "gone"}};
    rules.grants[kBob] = {"banpubkey"};
    EXPECT_TRUE(rules.MayCall(kAlice, "banevent"));
    EXPECT_FALSE(rules.MayCall(kAlice, "banpubkey"));
    EXPECT_TRUE(rules.MayCall(kBob, "banpubkey"));
    EXPECT_TRUE(rules.PowersOf(std::string(64, 'c')).empty());
}

}  // namespace
}  // namespace berth::relay
