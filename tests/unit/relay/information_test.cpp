#include "relay-image/protocol/information.hpp"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "core/base/version.hpp"

namespace berth::relay {
namespace {

boost::json::object DocumentOf(const RelayProfile& profile)
{
    return boost::json::parse(InformationDocument(profile, {})).as_object();
}

TEST(InformationTest, LeavesOutWhatTheOwnerDoesNotSay)
{
    const auto document = DocumentOf({});
    for (const auto* field : {"pubkey", "self", "contact", "icon", "banner", "terms_of_service",
                              "fees", "payments_url", "retention"}) {
        EXPECT_FALSE(document.contains(field)) << field;
    }
}

TEST(InformationTest, TellsThePicturesAndTermsOfTheOwner)
{
    RelayProfile profile;
    profile.icon = "https://relay.example/square";
    profile.banner = "https://relay.example/wide";
    profile.terms_of_service = "https://relay.example/terms";
    const auto document = DocumentOf(profile);
    EXPECT_EQ(document.at("icon"), "https://relay.example/square");
    EXPECT_EQ(document.at("banner"), "https://relay.example/wide");
    EXPECT_EQ(document.at("terms_of_service"), "https://relay.example/terms");
}

/// NIP-11 wants an address of the software's own, or nothing.
TEST(InformationTest, NamesTheSoftwareByAnAddressOrNotAtAll)
{
    const auto document = DocumentOf({});
    EXPECT_EQ(document.contains("software"), !Homepage().empty());
    EXPECT_TRUE(Homepage().empty() || Homepage().starts_with("https://"));
    EXPECT_EQ(document.at("version").as_string(), "berth-relay " + std::string{Version()});
}

}  // namespace
}  // namespace berth::relay
