#include "relay-image/relay_settings.hpp"

#include <gtest/gtest.h>

#include "core/config/load.hpp"

namespace berth::relay {
namespace {

using Environment = std::map<std::string, std::string>;

Result<RelaySettings> Read(Environment environment)
{
    environment.try_emplace("BERTH_RELAY_DATABASE_URL", "postgresql://x");
    const auto loaded = config::Load(
        DeclaredSettings(), {.flags_and_words = {}, .environment = std::move(environment)});
    return ReadSettings(loaded.value().config);
}

TEST(RelaySettingsTest, TwoEventsFitIntoWhatMayWaitForAClient)
{
    EXPECT_TRUE(Read({}));
    const auto read = [](const std::string& pending) {
        return Read({{"BERTH_RELAY_MAX_MESSAGE_BYTES", "50000"},
                     {"BERTH_RELAY_MAX_PENDING_OUTPUT", pending}});
    };
    EXPECT_TRUE(read("100000"));
    EXPECT_EQ(read("99999").error().reason, "CONFIG_BAD_VALUE");
}

TEST(RelaySettingsTest, WhoIsToBeAnnouncedNeedsAKeyAndAnAddress)
{
    const Environment whole{{"BERTH_RELAY_ANNOUNCE", "true"},
                            {"BERTH_RELAY_SELF_KEY", std::string(63, '0') + "1"},
                            {"BERTH_RELAY_URL", "wss://relay.example"}};
    EXPECT_TRUE(Read(whole));
    for (const auto* name : {"BERTH_RELAY_SELF_KEY", "BERTH_RELAY_URL"}) {
        auto lacking = whole;
        lacking.erase(name);
        EXPECT_EQ(Read(lacking).error().reason, "CONFIG_MISSING") << name;
    }
}

}  // namespace
}  // namespace berth::relay
