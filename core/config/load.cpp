#include "core/config/load.hpp"

#include <algorithm>
#include <cctype>

#include <unistd.h>

#include "core/base/version.hpp"
#include "core/config/value.hpp"
#include "core/config/yaml_source.hpp"

namespace berth::config {
namespace {

using Values = std::map<std::string, Written>;

std::size_t EditDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

Error UnknownKey(std::span<const Setting> settings, std::string_view key, std::string_view origin)
{
    const auto nearest =
        std::min_element(settings.begin(), settings.end(), [&](const Setting& a, const Setting& b) {
            return EditDistance(a.key, key) < EditDistance(b.key, key);
        });
    auto message = std::string{origin} + ": there is no setting `" + std::string{key} + "`";
    if (nearest != settings.end())
        message += "; the nearest is `" + std::string{nearest->key} + "`";
    return Fail(ErrorCode::kInvalid, "CONFIG_UNKNOWN_KEY", message + ".");
}

const Setting* Find(std::span<const Setting> settings, std::string_view key)
{
    const auto found = std::find_if(settings.begin(), settings.end(),
                                    [&](const Setting& setting) { return setting.key == key; });
    return found == settings.end() ? nullptr : &*found;
}

std::string EnvironmentName(std::string_view key)
{
    std::string name = "BERTH_";
    for (const char c : key) {
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

void ReadEnvironment(std::span<const Setting> settings, const Arguments& arguments, Values& values)
{
    for (const auto& setting : settings) {
        auto name = EnvironmentName(setting.key);
        const auto take = [&](bool is_secret) {
            const auto found = arguments.environment.find(name);
            if (found == arguments.environment.end()) return;
            values[std::string{setting.key}] = {
                .items = {found->second}, .is_secret = is_secret, .origin = name};
        };
        take(false);
        if (setting.type == Type::kSecretFile && name.ends_with("_FILE")) {
            name.resize(name.size() - 5);
            take(true);
        }
    }
}

/// What stands on the command line.
struct CommandLine {
    std::string file;
    Values values;
    std::vector<std::string> words;
};

Result<CommandLine> ReadFlags(std::span<const Setting> settings, const Arguments& arguments)
{
    CommandLine line;
    const auto& all = arguments.flags_and_words;
    for (auto argument = all.begin(); argument != all.end(); ++argument) {
        if (!argument->starts_with("--")) {
            line.words.push_back(*argument);
            continue;
        }
        const auto equals = argument->find('=');
        auto key = argument->substr(2, std::min(equals, argument->size()) - 2);
        std::replace(key.begin(), key.end(), '-', '_');
        const auto* setting = Find(settings, key);
        if (!setting && key != "config") return UnknownKey(settings, key, *argument);
        std::string value = "true";
        if (equals != std::string::npos) {
            value = argument->substr(equals + 1);
        } else if (!setting || setting->type != Type::kBool) {
            if (argument + 1 == all.end()) {
                return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                            *argument + " lacks its value.");
            }
            value = *++argument;
        }
        if (key == "config") {
            line.file = value;
        } else {
            line.values[key] = {.items = {value}, .origin = "--" + key};
        }
    }
    return line;
}

Result<Values> ReadFileOf(std::span<const Setting> settings, const std::string& file)
{
    if (file.empty()) return Values{};
    auto values = ReadYaml(file);
    if (!values) return values.error();
    for (const auto& [key, written] : *values) {
        if (!Find(settings, key)) return UnknownKey(settings, key, written.origin);
    }
    return values;
}

Result<Config> Validate(std::span<const Setting> settings, const Values& values)
{
    std::map<std::string, Config::Value, std::less<>> typed;
    for (const auto& setting : settings) {
        Written written{.items = {std::string{setting.fallback.value_or("")}}, .origin = "default"};
        if (const auto found = values.find(std::string{setting.key}); found != values.end()) {
            written = found->second;
        } else if (!setting.fallback) {
            return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                        "The setting `" + std::string{setting.key} +
                            "` is required: " + std::string{setting.help});
        }
        auto value = ParseValue(setting, written);
        if (!value) return value.error();
        typed.emplace(setting.key, std::move(*value));
    }
    return Config{std::move(typed)};
}

}  // namespace

Arguments Arguments::FromMain(int argc, const char* const* argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) arguments.flags_and_words.emplace_back(argv[i]);
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text{*entry};
        if (!text.starts_with("BERTH_")) continue;
        const auto equals = std::min(text.find('='), text.size());
        arguments.environment.emplace(text.substr(0, equals),
                                      text.substr(std::min(equals + 1, text.size())));
    }
    return arguments;
}

Result<Loaded> Load(std::span<const Setting> settings, const Arguments& arguments)
{
    auto line = ReadFlags(settings, arguments);
    if (!line) return line.error();
    if (const auto named = arguments.environment.find("BERTH_CONFIG");
        line->file.empty() && named != arguments.environment.end()) {
        line->file = named->second;
    }
    auto values = ReadFileOf(settings, line->file);
    if (!values) return values.error();
    ReadEnvironment(settings, arguments, *values);
    for (auto& [key, written] : line->values) (*values)[key] = std::move(written);
    auto config = Validate(settings, *values);
    if (!config) return config.error();
    return Loaded{.config = std::move(*config), .words = std::move(line->words)};
}

bool AsksForHelp(const Arguments& arguments)
{
    const auto& all = arguments.flags_and_words;
    return std::any_of(all.begin(), all.end(),
                       [](const auto& word) { return word == "--help" || word == "-h"; });
}

bool AsksForVersion(const Arguments& arguments)
{
    const auto& all = arguments.flags_and_words;
    return !all.empty() && (all.front() == "--version" || all.front() == "-V");
}

std::string HelpText(std::string_view usage, std::span<const Setting> settings)
{
    std::size_t width = 0;
    for (const auto& setting : settings) width = std::max(width, setting.key.size());
    auto text =
        "Usage: " + std::string{usage} +
        "\n\nSettings: in the YAML file of --config FILE, as BERTH_... in the environment, or as"
        "\n--key=value; the later one wins.\n\n";
    for (const auto& setting : settings) {
        text += "  --" + std::string{setting.key};
        text.append(width - setting.key.size() + 2, ' ');
        text += setting.help;
        if (!setting.fallback) {
            text += " (required)";
        } else if (!setting.fallback->empty()) {
            text += " [" + std::string{*setting.fallback} + "]";
        }
        text += '\n';
    }
    return text;
}

std::string VersionText(std::string_view program)
{
    return std::string{program} + ' ' + std::string{Version()} + '\n';
}

std::optional<std::string> About(std::string_view program, std::string_view usage,
                                 std::span<const Setting> settings, const Arguments& arguments)
{
    if (AsksForVersion(arguments)) return VersionText(program);
    if (AsksForHelp(arguments)) return HelpText(usage, settings);
    return {};
}

}  // namespace berth::config
