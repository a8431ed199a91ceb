#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "akash/chain.hpp"
#include "akash/cli_manifest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::akash {
namespace {

RelayDeployment ADeployment()
{
    return {.relay_image = "ghcr.io/example/relay:1.2",
            .postgres_image = "postgres:15.4",
            .cpu_millis = 1000,
            .memory_bytes = 1 << 30,
            .storage_bytes = 1 << 30,
            .accept_hosts = {"relay.example.com"},
            .relay_environment = {{"URL", Secret{"postgres://relay:x@postgres:5432/relay"}}},
            .postgres_environment = {{"POSTGRES_PASSWORD", Secret{"x: \"y\" #z"}}},
            .ceiling_per_block_e18 = *ParseDec18("100.000001"),
            .required_attributes = {{"region", "eu-west"}}};
}

std::string LintReason(const RelayDeployment& deployment)
{
    const auto sdl = RenderSdl(deployment);
    EXPECT_TRUE(sdl);
    const auto lint = LintSdl(*sdl, deployment);
    return lint ? "" : lint.error().message;
}

TEST(SdlTest, RendersTheSameBytesForTheSameInputAndPassesItsOwnLint)
{
    EXPECT_TRUE(*RenderSdl(ADeployment()) == *RenderSdl(ADeployment()));
    EXPECT_EQ(LintReason(ADeployment()), "");
}

TEST(SdlTest, RefusesFieldsThatWouldChangeTheDocument)
{
    auto newline = ADeployment();
    newline.relay_environment["A"] = Secret{"x\n  evil: true"};
    EXPECT_EQ(RenderSdl(newline).error().reason, "BAD_SDL_FIELD");
    auto host = ADeployment();
    host.accept_hosts = {"relay.example.com;rm"};
    EXPECT_EQ(RenderSdl(host).error().reason, "BAD_SDL_FIELD");
    auto empty = ADeployment();
    empty.postgres_environment["POSTGRES_PASSWORD"] = Secret{""};
    EXPECT_EQ(RenderSdl(empty).error().reason, "BAD_SDL_FIELD");
}

TEST(SdlTest, LintsAnImageThatIsNotPinned)
{
    for (const char* image : {"relay", "relay:latest", "localhost:5000/relay"}) {
        auto deployment = ADeployment();
        deployment.relay_image = image;
        EXPECT_NE(LintReason(deployment).find("pinned-image"), std::string::npos) << image;
    }
    auto digest = ADeployment();
    digest.relay_image = "relay@sha256:00";
    EXPECT_EQ(LintReason(digest), "");
}

TEST(SdlTest, LintsAPriceAboveTheCeiling)
{
    const auto sdl = RenderSdl(ADeployment());
    auto lower = ADeployment();
    lower.ceiling_per_block_e18 = *ParseDec18("100");
    EXPECT_EQ(LintSdl(*sdl, lower).error().reason, "SDL_LINT");
}

TEST(SdlTest, LintsAPublicDatabase)
{
    auto text = RenderSdl(ADeployment())->Expose();
    const std::string to_relay = "service: relay";
    text.replace(text.find(to_relay), to_relay.size(), "global: true");
    EXPECT_NE(LintSdl(Secret{text}, ADeployment()).error().message.find("private-service"),
              std::string::npos);
}

TEST(SdlTest, LintsAnotherDenominationAndAForeignSecret)
{
    const auto sdl = RenderSdl(ADeployment());
    auto denom = ADeployment();
    denom.denom = "uakt";
    EXPECT_NE(LintSdl(*sdl, denom).error().message.find("denomination"), std::string::npos);
    auto secret = ADeployment();
    secret.relay_environment["URL"] = Secret{"other"};
    EXPECT_NE(LintSdl(*sdl, secret).error().message.find("environment"), std::string::npos);
}

/// The rule that the SDL of ADeployment breaks once `from` reads `to` in it.
std::string RuleBrokenBy(const std::string& from, const std::string& to)
{
    auto text = RenderSdl(ADeployment())->Expose();
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    text.replace(at, from.size(), to);
    const auto lint = LintSdl(Secret{text}, ADeployment());
    return lint ? "" : lint.error().message.substr(0, lint.error().message.find(':'));
}

TEST(SdlTest, LintsPartsThatADeploymentMustNotHave)
{
    EXPECT_EQ(RuleBrokenBy("services:", "reclamation:\n  window: 1h\nservices:"),
              "reclamation-window");
    EXPECT_EQ(RuleBrokenBy("services:", "endpoints:\n  ip: {kind: ip}\nservices:"), "sections");
    EXPECT_EQ(RuleBrokenBy("\"2.0\"", "\"9.9\""), "version");
}

RelayDeployment OnAVolume()
{
    auto deployment = ADeployment();
    deployment.storage_class = "beta2";
    return deployment;
}

TEST(SdlTest, KeepsTheDatabaseOnTheVolumeOfThePlan)
{
    const auto sdl = RenderSdl(OnAVolume());
    ASSERT_TRUE(sdl);
    EXPECT_EQ(LintReason(OnAVolume()), "");
    const auto groups = boost::json::parse(GroupsJson(OnAVolume()));
    const auto& storage = groups.at_pointer("/0/resources/0/resource/storage");
    EXPECT_EQ(storage, boost::json::parse(R"([
        {"name": "default", "quantity": {"val": "268435456"}, "attributes": []},
        {"name": "data", "quantity": {"val": "1073741824"},
         "attributes": [{"key": "class", "value": "beta2"},
                        {"key": "persistent", "value": "true"}]}])"));
    EXPECT_EQ(groups.at_pointer("/0/resources/1/resource/storage").as_array().size(), 1U);
}

TEST(SdlTest, LintsAVolumeThatIsNotThePlans)
{
    const auto text = RenderSdl(OnAVolume())->Expose();
    const std::pair<const char*, const char*> changes[] = {
        {"persistent: true", "persistent: false"},
        {"class: \"beta2\"", "class: \"beta1\""},
        {"mount: \"/var/lib/postgresql/data\"", "mount: \"/elsewhere\""},
        {"size: 1073741824\n", "size: 1073741823\n"}};
    for (const auto& [from, to] : changes) {
        auto other = text;
        const auto at = other.rfind(from);
        ASSERT_NE(at, other.npos) << from;
        other.replace(at, std::string_view{from}.size(), to);
        const auto lint = LintSdl(Secret{other}, OnAVolume());
        EXPECT_TRUE(lint.has_error() && lint.error().message.starts_with("volume")) << to;
    }
    EXPECT_TRUE(LintSdl(Secret{text}, ADeployment()).has_error()) << "None is wanted.";
    EXPECT_TRUE(LintSdl(*RenderSdl(ADeployment()), OnAVolume()).has_error()) << "One is missing.";
}

TEST(SdlTest, LintsAServiceThatWouldRunTwice)
{
    EXPECT_EQ(RuleBrokenBy("count: 1", "count: 2"), "count");
}

TEST(SdlTest, LintsHostNamesThatAreNotTheOrders)
{
    EXPECT_EQ(RuleBrokenBy("- \"relay.example.com\"", "- \"other.example.com\""), "hostname");
    auto twice = ADeployment();
    twice.accept_hosts.push_back("relay.example.com");
    EXPECT_NE(LintReason(twice).find("hostname"), std::string::npos);
}

TEST(SdlTest, LintsAKeepAliveThatTheIngressWouldCut)
{
    auto deployment = ADeployment();
    deployment.keep_alive = std::chrono::seconds{60};
    EXPECT_NE(LintReason(deployment).find("keep-alive"), std::string::npos);
    deployment.keep_alive = std::chrono::seconds{59};
    EXPECT_EQ(LintReason(deployment), "");
    deployment.keep_alive = std::chrono::seconds{0};
    EXPECT_NE(LintReason(deployment).find("keep-alive"), std::string::npos);
    EXPECT_EQ(RuleBrokenBy("as: 80\n", "as: 80\n        http_options: {read_timeout: 20000}\n"),
              "keep-alive");
}

TEST(SdlTest, LintsBodiesThatTheIngressWouldCut)
{
    auto deployment = ADeployment();
    deployment.body_bytes = 16 << 20;
    EXPECT_EQ(LintReason(deployment), "");
    EXPECT_NE(RenderSdl(deployment)->Expose().find("max_body_size: 16777216"), std::string::npos);
    deployment.body_bytes = 101 << 20;
    EXPECT_NE(LintReason(deployment).find("body-limit"), std::string::npos);
    const auto small = RenderSdl(ADeployment());
    deployment.body_bytes = 2 << 20;
    EXPECT_NE(LintSdl(*small, deployment).error().message.find("body-limit"), std::string::npos);
}

TEST(SdlTest, LintsASecretThatWouldBePublicOnChain)
{
    auto deployment = ADeployment();
    deployment.required_attributes["note"] = "postgres://relay:x@postgres:5432/relay";
    const auto message = LintReason(deployment);
    EXPECT_NE(message.find("secret-on-chain"), std::string::npos);
    EXPECT_EQ(message.find("relay:x"), std::string::npos) << "The message must not tell it.";
}

TEST(SdlTest, HashesARecordedManifestAsTheChainDid)
{
    const std::string folder = BERTH_SOURCE_DIR "/tests/conformance/recordings/15-shapes/";
    const auto printed = ReadFile(folder + "10-sdl-to-manifest/stdout");
    ASSERT_TRUE(printed);
    const auto manifest = boost::json::parse(printed->substr(printed->find("\n[") + 1));
    const auto generated = ReadFile(folder + "11-generate-only-two-services/stdout");
    const auto message = boost::json::parse(*generated).at("body").at("messages").as_array().at(0);
    const auto hash = FromBase64(std::string{message.at("hash").as_string()});
    EXPECT_EQ(ManifestHashHex(manifest), ToHex(*hash));
}

}  // namespace
}  // namespace berth::akash
