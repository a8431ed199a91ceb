#include <gtest/gtest.h>

#include "relay-image/protocol/admission.hpp"
#include "relay-image/protocol/proof_of_work.hpp"
#include "relay-image/protocol/vanishing.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kNow = 1'000'000;
constexpr auto kUs = "wss://Relay.example/";

const nostr::SecretKey& Key()
{
    static const auto key = nostr::SecretKey::Generate();
    return key;
}

nostr::Event Sign(int kind, std::string content, std::vector<nostr::Tag> tags)
{
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = kNow,
                       .kind = kind,
                       .tags = std::move(tags),
                       .content = std::move(content),
                       .sig = {}};
    nostr::SignEvent(event, Key());
    return event;
}

/// An event whose id has `bits` leading zeros at least, and whose nonce tag names `target`.
nostr::Event Mine(int bits, const std::string& target)
{
    for (int nonce = 0;; ++nonce) {
        auto event = Sign(1, "mined", {{"nonce", std::to_string(nonce), target}});
        if (DifficultyOf(event.id) >= bits) return event;
    }
}

std::string Fault(nostr::Event event, const Limits& limits = {})
{
    const auto result = Admit(std::move(event), limits, kNow);
    const auto* why = std::get_if<std::string>(&result);
    return why ? *why : "";
}

TEST(ProofOfWorkTest, CountsTheLeadingZeroBits)
{
    EXPECT_EQ(DifficultyOf("000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d"), 36);
    EXPECT_EQ(DifficultyOf("8" + std::string(63, '0')), 0);
    EXPECT_EQ(DifficultyOf("01" + std::string(62, '0')), 7);
    EXPECT_EQ(DifficultyOf("2f"), 2);
    EXPECT_EQ(DifficultyOf("7f"), 1);
    EXPECT_EQ(DifficultyOf(std::string(64, '0')), 256);
}

TEST(ProofOfWorkTest, AsksForBitsAndForATargetThatIsHighEnough)
{
    const Limits limits{.min_pow_difficulty = 6};
    EXPECT_EQ(Fault(Mine(6, "6"), limits), "");
    EXPECT_EQ(Fault(Mine(6, "20"), limits), "");
    EXPECT_TRUE(Fault(Mine(6, "5"), limits).starts_with("pow: ")) << "luck at a lower target";
    EXPECT_TRUE(Fault(Mine(6, ""), limits).starts_with("pow: "));
    EXPECT_TRUE(Fault(Mine(6, "6 "), limits).starts_with("pow: "));
    auto lazy = Mine(0, "6");
    while (DifficultyOf(lazy.id) >= 6) lazy = Sign(1, lazy.content + "x", lazy.tags);
    EXPECT_EQ(Fault(lazy, limits),
              "pow: difficulty " + std::to_string(DifficultyOf(lazy.id)) + " is less than 6");
    EXPECT_EQ(Fault(lazy), "") << "unless asked for, none is needed";
    EXPECT_EQ(Fault(Sign(62, "", {{"relay", "ALL_RELAYS"}}), limits), "")
        << "whoever wants to vanish owes nothing";
}

TEST(ProtectionTest, RefusesARepostThatCarriesAProtectedEvent)
{
    const auto protected_json = nostr::ToJson(Sign(1, "for friends", {{"-"}}));
    const auto open_json = nostr::ToJson(Sign(1, "for all", {}));
    for (const int kind : {6, 16}) {
        EXPECT_TRUE(Fault(Sign(kind, protected_json, {})).starts_with("blocked: ")) << kind;
        EXPECT_EQ(Fault(Sign(kind, open_json, {})), "");
        EXPECT_EQ(Fault(Sign(kind, "", {})), "");
        EXPECT_EQ(Fault(Sign(kind, "not an event", {})), "");
    }
    EXPECT_EQ(Fault(Sign(1, protected_json, {})), "") << "that is a note with some text";
    const auto long_json = nostr::ToJson(Sign(1, std::string(400'000, 'x'), {{"-"}}));
    EXPECT_TRUE(
        Fault(Sign(6, long_json, {}), {.max_content_length = 1'000'000}).starts_with("blocked: "));
}

TEST(VanishingTest, FollowsRequestsForThisRelayOrForAll)
{
    const auto why = [](std::vector<nostr::Tag> tags) {
        return WhyNotVanish(Sign(62, "", std::move(tags)), kUs);
    };
    EXPECT_EQ(why({{"relay", "ALL_RELAYS"}}), "");
    EXPECT_EQ(why({{"relay", "wss://relay.example"}}), "");
    EXPECT_EQ(why({{"relay", "wss://other.example"}, {"relay", "ws://RELAY.example/"}}), "");
    EXPECT_TRUE(why({{"relay", "wss://other.example"}}).starts_with("blocked: "));
    EXPECT_TRUE(why({{"relay", "wss://relay.example/inbox"}}).starts_with("blocked: "));
    EXPECT_TRUE(why({{"relay", "all_relays"}}).starts_with("blocked: "));
    EXPECT_TRUE(why({}).starts_with("invalid: "));
    EXPECT_EQ(WhyNotVanish(Sign(1, "", {}), kUs), "") << "a note asks for nothing";
    EXPECT_TRUE(Fault(Sign(62, "", {{"relay", kUs}})).starts_with("blocked: "))
        << "whoever does not know his address follows what names all relays only";
}

}  // namespace
}  // namespace berth::relay
