// Our messages beside what the network's own programs make of an SDL.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "akash/cli_manifest.hpp"
#include "akash/manifest_match.hpp"
#include "akash/signer.hpp"
#include "core/base/file.hpp"
#include "tests/fakes/fake_akash_runner.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;

json::value Recorded(const std::string& name)
{
    const auto text =
        *ReadFile(BERTH_SOURCE_DIR "/tests/conformance/recordings/15-shapes/" + name + "/stdout");
    const auto array = text.find("\n[");
    return json::parse(array == text.npos ? text : text.substr(array + 1));
}

json::value TwoServices()
{
    return Recorded("11-generate-only-two-services").at("body").at("messages").at(0);
}

TEST(ManifestTest, ARecordedManifestIsThatOfItsRecordedGroups)
{
    const auto same = MatchManifest(TwoServices().at("groups"), Recorded("10-sdl-to-manifest"));
    EXPECT_TRUE(same) << same.error().message;
}

TEST(ManifestTest, NamesTheServiceWhoseResourcesDiffer)
{
    const std::pair<const char*, const char*> changes[] = {
        {"/0/resource/memory/quantity/val", "api.memory"},
        {"/0/resource/cpu/units/val", "api.cpu"},
        {"/1/resource/storage/0/quantity/val", "web.storage"},
        {"/1/resource/gpu/units/val", "web.gpu"},
        {"/1/resource/endpoints/0/kind", "web.endpoints"}};
    for (const auto& [pointer, where] : changes) {
        auto groups = TwoServices().at("groups");
        auto& resources = groups.at(0).at("resources");
        resources.at_pointer(pointer) = json::string{"7"};
        const auto same = MatchManifest(groups, Recorded("10-sdl-to-manifest"));
        ASSERT_TRUE(same.has_error()) << pointer;
        EXPECT_EQ(same.error().reason, "MESSAGE_MISMATCH");
        EXPECT_NE(same.error().message.find(where), std::string::npos) << same.error().message;
    }
}

TEST(ManifestTest, ComparesTheAttributesOfAVolume)
{
    auto groups = TwoServices().at("groups");
    auto manifest = Recorded("10-sdl-to-manifest");
    const json::array volume{json::object{{"key", "class"}, {"value", "beta2"}},
                             json::object{{"key", "persistent"}, {"value", "true"}}};
    groups.at_pointer("/0/resources/0/resource/storage/0/attributes") = volume;
    EXPECT_NE(MatchManifest(groups, manifest).error().message.find("api.storage"),
              std::string::npos);
    auto& theirs = manifest.at_pointer("/0/services/0/resources/storage/0").as_object();
    theirs["attributes"] = volume;
    EXPECT_TRUE(MatchManifest(groups, manifest));
    theirs["attributes"].at(0).at("value") = "beta3";
    EXPECT_NE(MatchManifest(groups, manifest).error().message.find("api.storage"),
              std::string::npos);
}

TEST(ManifestTest, NamesTheFieldWhereTwoMessagesDiffer)
{
    auto other = TwoServices();
    EXPECT_TRUE(MatchMessage(TwoServices(), other));
    other.at("groups").at(0).at("requirements").at("attributes") = nullptr;
    EXPECT_TRUE(MatchMessage(TwoServices(), other)) << "No list is an empty list to the chain.";
    other.at("groups").at(0).at("resources").at(1).at("count") = 3;
    EXPECT_NE(MatchMessage(TwoServices(), other).error().message.find("resources[1].count"),
              std::string::npos);
    other = TwoServices();
    other.as_object()["more"] = "than ours";
    EXPECT_NE(MatchMessage(TwoServices(), other).error().message.find("message.more"),
              std::string::npos);
}

class CheckMessageTest : public testing::Test {
protected:
    static AkashPrograms Programs()
    {
        AkashPrograms programs;
        programs.nodes = {"http://one", "http://two"};
        programs.from = "tenant";
        return programs;
    }
    Result<void> Check(const json::value& message)
    {
        return source_.CheckMessage(json::serialize(message), Secret{"sdl"}, Deadline::max());
    }
    void Generates(const json::value& message)
    {
        runner_.Answer(0, json::serialize(json::object{
                              {"body", json::object{{"messages", json::array{message}}}}}));
    }

    tests::FakeAkashRunner runner_;
    CliManifestSource source_{runner_, Programs()};
};

TEST_F(CheckMessageTest, AsksTheProgramOnceForDeploymentsThatDifferInPriceOnly)
{
    Generates(TwoServices());
    ASSERT_TRUE(Check(TwoServices()));
    auto dearer = TwoServices();
    dearer.at("groups").at(0).at("resources").at(0).at("price").at("amount") = "2";
    EXPECT_TRUE(Check(dearer));
    EXPECT_EQ(runner_.commands.size(), 1U);
    auto larger = TwoServices();
    larger.at("groups").at(0).at("resources").at(0).at("count") = 9;
    Generates(TwoServices());
    EXPECT_EQ(Check(larger).error().reason, "MESSAGE_MISMATCH");
    EXPECT_EQ(Check(larger).error().reason, "COMMAND_NOT_STARTED") << "It is asked again.";
}

TEST_F(CheckMessageTest, HasNothingToCompareWithoutACertificate)
{
    runner_.Answer(1, "", "Error: could not open certificate PEM file: open x.pem: no such file\n");
    EXPECT_TRUE(Check(TwoServices()));
}

TEST_F(CheckMessageTest, TriesTheNextNodeAndTypesWhatIsLeft)
{
    const auto down = "Error: post failed: Post \"http://one\": dial tcp: connection refused\n";
    runner_.Answer(1, "", down);
    Generates(TwoServices());
    EXPECT_TRUE(Check(TwoServices()));
    auto other = TwoServices();
    other.at("groups").at(0).at("name") = "other";
    runner_.Answer(1, "", down);
    runner_.Answer(1, "", down);
    EXPECT_EQ(Check(other).error().reason, "NODE_UNAVAILABLE");
    runner_.Answer(1, "", "Error: Invalid groups\n");
    EXPECT_EQ(Check(other).error().reason, "MESSAGE_MISMATCH");
}

}  // namespace
}  // namespace berth::akash
