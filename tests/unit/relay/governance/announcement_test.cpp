#include "relay-image/governance/announcement.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "relay-image/protocol/information.hpp"

namespace berth::relay {
namespace {

TEST(AnnouncementTest, NamesOneRelayByOneAddress)
{
    EXPECT_EQ(NormalizedUrl("WSS://Relay.Example"), "wss://relay.example/");
    EXPECT_EQ(NormalizedUrl("wss://relay.example:443/"), "wss://relay.example/");
    EXPECT_EQ(NormalizedUrl("wss://relay.example:8443/Sea"), "wss://relay.example:8443/Sea");
    EXPECT_EQ(NormalizedUrl("ws://relay.example:80"), "ws://relay.example/");
}

TEST(AnnouncementTest, SaysWhatTheInformationDocumentSays)
{
    const auto self = nostr::SecretKey::Generate();
    RelayProfile profile;
    profile.auth_required = true;
    const auto information = InformationDocument(profile, {});
    const auto event = Announcement("wss://abc.onion", information, self, 5);
    ASSERT_TRUE(nostr::VerifyEvent(event));
    EXPECT_EQ(event.pubkey, self.pubkey());
    EXPECT_EQ(event.content, information);
    EXPECT_EQ(event.TagValue("d"), "wss://abc.onion/");
    EXPECT_EQ(event.TagValue("n"), "tor");
    const auto has = [&](const nostr::Tag& tag) {
        return std::ranges::count(event.tags, tag) == 1;
    };
    EXPECT_TRUE(has({"N", "86"}));
    EXPECT_TRUE(has({"R", "auth"}));
    EXPECT_TRUE(has({"R", "!payment"}));
    EXPECT_TRUE(has({"R", "!writes"}));
    EXPECT_TRUE(has({"R", "!pow"}));
}

}  // namespace
}  // namespace berth::relay
