#include "relay-image/protocol/admission.hpp"

#include <gtest/gtest.h>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kNow = 1'000'000;

struct Draft {
    int kind = 1;
    std::string content = "x";
    std::vector<nostr::Tag> tags = {};
    std::int64_t created_at = kNow;
};

const nostr::SecretKey& Key()
{
    static const auto key = nostr::SecretKey::Generate();
    return key;
}

nostr::Event Sign(Draft draft)
{
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = draft.created_at,
                       .kind = draft.kind,
                       .tags = std::move(draft.tags),
                       .content = std::move(draft.content),
                       .sig = {}};
    nostr::SignEvent(event, Key());
    return event;
}

/// Why an event is refused; empty if it is admitted.
std::string Fault(Draft draft, const Limits& limits = {})
{
    const auto result = Admit(Sign(std::move(draft)), limits, kNow);
    const auto* why = std::get_if<std::string>(&result);
    return why ? *why : "";
}

TEST(AdmissionTest, AdmitsUpToEachLimitAndRefusesOneOver)
{
    const Limits limits{.max_event_tags = 2,
                        .max_content_length = 3,
                        .created_at_lower_limit = 10,
                        .created_at_upper_limit = 5};
    EXPECT_EQ(Fault({.content = "\xC3\xA9\xC3\xA9\xC3\xA9"}, limits), "");
    EXPECT_NE(Fault({.content = "four"}, limits), "");
    EXPECT_EQ(Fault({.tags = {{"a"}, {"b"}}}, limits), "");
    EXPECT_NE(Fault({.tags = {{"a"}, {"b"}, {"c"}}}, limits), "");
    EXPECT_EQ(Fault({.created_at = kNow + 5}, limits), "");
    EXPECT_NE(Fault({.created_at = kNow + 6}, limits), "");
    EXPECT_EQ(Fault({.created_at = kNow - 10}, limits), "");
    EXPECT_NE(Fault({.created_at = kNow - 11}, limits), "");
    EXPECT_EQ(Fault({.created_at = 0}), "") << "without a lower limit any age will do";
}

TEST(AdmissionTest, ReadsTheExpiration)
{
    EXPECT_EQ(Fault({.tags = {{"expiration", std::to_string(kNow + 1)}}}), "");
    EXPECT_NE(Fault({.tags = {{"expiration", std::to_string(kNow)}}}), "");
    for (const auto* text : {"", "soon", "-1", "1e9", "99999999999999999999"}) {
        EXPECT_NE(Fault({.tags = {{"expiration", text}}}), "") << text;
    }
}

TEST(AdmissionTest, RefusesForgeries)
{
    auto event = Sign({});
    event.content = "y";
    EXPECT_TRUE(std::holds_alternative<std::string>(Admit(event, {}, kNow)));
    EXPECT_TRUE(Fault({.kind = kAuthKind}).starts_with("invalid:"));
}

TEST(EventKindTest, SortsKindsByNip01)
{
    for (const int kind : {0, 3, 10000, 19999}) EXPECT_TRUE(IsReplaceable(kind)) << kind;
    for (const int kind : {1, 2, 9999, 20000}) EXPECT_FALSE(IsReplaceable(kind)) << kind;
    EXPECT_TRUE(IsEphemeral(20000) && IsEphemeral(29999));
    EXPECT_FALSE(IsEphemeral(19999) || IsEphemeral(30000));
    EXPECT_TRUE(IsAddressable(30000) && IsAddressable(39999));
    EXPECT_FALSE(IsAddressable(29999) || IsAddressable(40000));
}

TEST(EventKindTest, AddressesByKindAuthorAndD)
{
    const auto author = Key().pubkey();
    EXPECT_EQ(AddressOf(Sign({.kind = 30000, .tags = {{"d", "x"}}})), "30000:" + author + ":x");
    EXPECT_EQ(AddressOf(Sign({.kind = 30000})), "30000:" + author + ":");
    EXPECT_EQ(AddressOf(Sign({.kind = 3, .tags = {{"d", "x"}}})), "3:" + author + ":");
    EXPECT_EQ(AddressOf(Sign({.kind = 1})), std::nullopt);
}

TEST(EventKindTest, ReplacesByTimeThenByLowerId)
{
    nostr::Event low{
        .id = "0", .pubkey = {}, .created_at = 5, .kind = 0, .tags = {}, .content = {}, .sig = {}};
    auto high = low;
    high.id = "1";
    EXPECT_TRUE(Replaces(low, high));
    EXPECT_FALSE(Replaces(high, low));
    high.created_at = 6;
    EXPECT_TRUE(Replaces(high, low));
    EXPECT_FALSE(Replaces(low, low));
}

}  // namespace
}  // namespace berth::relay
