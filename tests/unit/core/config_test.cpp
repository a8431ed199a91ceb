#include <gmock/gmock.h>

#include <filesystem>

#include <sys/stat.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/base/version.hpp"
#include "core/config/load.hpp"

namespace berth::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<Setting, 6> kSettings{{
    {.key = "address", .type = Type::kText, .fallback = "127.0.0.1:0", .help = "Where to listen."},
    {.key = "database.pool_size",
     .type = Type::kInteger,
     .fallback = "8",
     .help = "Connections.",
     .least = 1,
     .most = 100},
    {.key = "drain", .type = Type::kBool, .fallback = "false", .help = "Drain first."},
    {.key = "lease", .type = Type::kDuration, .fallback = "60s", .help = "How long."},
    {.key = "probe.allow_networks", .type = Type::kList, .fallback = "", .help = "Networks."},
    {.key = "key_file", .type = Type::kSecretFile, .fallback = "", .help = "Our key."},
}};

class ConfigTest : public testing::Test {
protected:
    ConfigTest() { std::filesystem::create_directories(folder_); }
    ~ConfigTest() override { std::filesystem::remove_all(folder_); }

    std::string Write(const std::string& name, const std::string& text, unsigned mode = 0600)
    {
        const auto path = folder_ / name;
        EXPECT_TRUE(WriteFileAtomically(path, text, mode).has_value());
        ::chmod(path.c_str(), mode);
        return path;
    }

    Result<Loaded> LoadYaml(const std::string& yaml, Arguments arguments = {})
    {
        arguments.flags_and_words.push_back("--config=" + Write("berth.yaml", yaml));
        return Load(kSettings, arguments);
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("berth-config-" + ToHex(RandomBytes(6)));
};

TEST_F(ConfigTest, TakesDefaultsWhereNothingIsSet)
{
    const auto loaded = Load(kSettings, {});
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->config.Text("address"), "127.0.0.1:0");
    EXPECT_EQ(loaded->config.Integer("database.pool_size"), 8);
    EXPECT_FALSE(loaded->config.Bool("drain"));
    EXPECT_EQ(loaded->config.Duration("lease"), 60s);
    EXPECT_TRUE(loaded->config.List("probe.allow_networks").empty());
    EXPECT_TRUE(loaded->config.SecretOf("key_file").empty());
}

TEST_F(ConfigTest, LetsTheEnvironmentBeatTheFileAndFlagsBeatBoth)
{
    const auto loaded = LoadYaml(
        "address: a:1\nlease: 250ms\ndatabase:\n  pool_size: 3\n",
        {.flags_and_words = {"--lease=10m", "migrate", "--drain"},
         .environment = {
             {"BERTH_DATABASE_POOL_SIZE", "5"}, {"BERTH_LEASE", "1s"}, {"BERTH_FAILPOINT", "x"}}});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->config.Text("address"), "a:1");
    EXPECT_EQ(loaded->config.Integer("database.pool_size"), 5);
    EXPECT_EQ(loaded->config.Duration("lease"), 10min);
    EXPECT_TRUE(loaded->config.Bool("drain"));
    EXPECT_THAT(loaded->words, ElementsAre("migrate"));
}

TEST_F(ConfigTest, ReadsListsFromSequencesAndFromCommas)
{
    const auto sequence = LoadYaml("probe:\n  allow_networks: [127.0.0.0/8, '::1/128']\n");
    ASSERT_TRUE(sequence.has_value());
    EXPECT_THAT(sequence->config.List("probe.allow_networks"),
                ElementsAre("127.0.0.0/8", "::1/128"));
    const auto commas =
        Load(kSettings, {.flags_and_words = {"--probe.allow-networks=a, b"}, .environment = {}});
    ASSERT_TRUE(commas.has_value());
    EXPECT_THAT(commas->config.List("probe.allow_networks"), ElementsAre("a", "b"));
}

TEST_F(ConfigTest, NamesFileLineAndNearestKeyOfAnUnknownOne)
{
    const auto loaded = LoadYaml("address: a:1\ndatabase:\n  pool_sise: 3\n");
    ASSERT_TRUE(loaded.has_error());
    EXPECT_EQ(loaded.error().reason, "CONFIG_UNKNOWN_KEY");
    EXPECT_THAT(loaded.error().message, HasSubstr("berth.yaml:3"));
    EXPECT_THAT(loaded.error().message, HasSubstr("`database.pool_size`"));
}

TEST_F(ConfigTest, RefusesAnUnknownFlag)
{
    const auto loaded = Load(kSettings, {.flags_and_words = {"--adress=x"}, .environment = {}});
    ASSERT_TRUE(loaded.has_error());
    EXPECT_EQ(loaded.error().reason, "CONFIG_UNKNOWN_KEY");
    EXPECT_THAT(loaded.error().message, HasSubstr("`address`"));
}

TEST_F(ConfigTest, RefusesValuesOfAnotherTypeOrOutOfRange)
{
    for (const auto* yaml : {"drain: yes\n", "lease: 10\n", "lease: -1s\n", "lease: 1.5s\n",
                             "database: {pool_size: many}\n", "database: {pool_size: 0}\n",
                             "database: {pool_size: 101}\n", "address: [a, b]\n"}) {
        const auto loaded = LoadYaml(yaml);
        ASSERT_TRUE(loaded.has_error()) << yaml;
        EXPECT_EQ(loaded.error().reason, "CONFIG_BAD_VALUE") << yaml;
        EXPECT_THAT(loaded.error().message, HasSubstr("berth.yaml:1")) << yaml;
    }
}

TEST_F(ConfigTest, RefusesBrokenYamlAndKeysSetTwice)
{
    EXPECT_EQ(LoadYaml("address: [a\n").error().reason, "CONFIG_BAD_YAML");
    EXPECT_EQ(LoadYaml("just text").error().reason, "CONFIG_BAD_YAML");
    EXPECT_EQ(LoadYaml("address: a\naddress: b\n").error().reason, "CONFIG_DUPLICATE_KEY");
    EXPECT_EQ(Load(kSettings, {.flags_and_words = {"--config=/nowhere.yaml"}, .environment = {}})
                  .error()
                  .reason,
              "CONFIG_FILE_NOT_READ");
}

TEST_F(ConfigTest, NamesARequiredSettingThatIsMissing)
{
    constexpr std::array<Setting, 1> kRequired{
        {{.key = "database.url", .fallback = std::nullopt, .help = "The database."}}};
    const auto loaded = Load(kRequired, {});
    ASSERT_TRUE(loaded.has_error());
    EXPECT_EQ(loaded.error().reason, "CONFIG_MISSING");
    EXPECT_THAT(loaded.error().message, HasSubstr("database.url"));
}

TEST_F(ConfigTest, ReadsASecretFromAFileOfItsOwnerOnly)
{
    const auto key = Write("key", "s3cret\n");
    const auto loaded = LoadYaml("key_file: " + key + "\n");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->config.SecretOf("key_file").Expose(), "s3cret");

    const auto open = Write("open", "s3cret\n", 0644);
    EXPECT_EQ(LoadYaml("key_file: " + open + "\n").error().reason, "CONFIG_SECRET_EXPOSED");
    EXPECT_EQ(LoadYaml("key_file: /nowhere\n").error().reason, "CONFIG_BAD_VALUE");
}

TEST_F(ConfigTest, TakesASecretItselfFromTheEnvironment)
{
    const auto loaded =
        Load(kSettings, {.flags_and_words = {}, .environment = {{"BERTH_KEY", "s3cret"}}});
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->config.SecretOf("key_file").Expose(), "s3cret");
}

TEST_F(ConfigTest, PrintsEverySettingInItsHelp)
{
    const auto text = HelpText("berth-x [--key=value ...]", kSettings);
    for (const auto& setting : kSettings) {
        EXPECT_THAT(text, HasSubstr("--" + std::string{setting.key}));
        EXPECT_THAT(text, HasSubstr(std::string{setting.help}));
    }
    EXPECT_TRUE(AsksForHelp({.flags_and_words = {"--help"}, .environment = {}}));
}

TEST_F(ConfigTest, TellsOfItselfWhereItIsAsked)
{
    const auto about = [](std::vector<std::string> words) {
        return About("berth-x", "berth-x [--key=value ...]", kSettings,
                     {.flags_and_words = std::move(words), .environment = {}});
    };
    EXPECT_EQ(about({"--version"}), "berth-x " + std::string{Version()} + '\n');
    EXPECT_EQ(about({"-V"}), about({"--version"}));
    EXPECT_THAT(about({"serve", "-h"}).value_or(""), HasSubstr("Usage: berth-x"));
    EXPECT_EQ(about({}), std::nullopt);
    EXPECT_EQ(about({"--key", "--version"}), std::nullopt);
}

}  // namespace
}  // namespace berth::config
