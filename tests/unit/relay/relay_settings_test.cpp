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
    const auto pending = [](const std::string& of_one_message, const std::string& given) {
        return Read({{"BERTH_RELAY_MAX_MESSAGE_BYTES", of_one_message},
                     {"BERTH_RELAY_MAX_PENDING_OUTPUT", given}})
            .value()
            .transport.max_pending_output;
    };
    EXPECT_EQ(pending("50000", "100001"), 100001U);
    EXPECT_EQ(pending("50000", "70000"), 100000U);
    EXPECT_EQ(pending("16777216", "8388608"), 33554432U);  // As a plan may have it.
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
