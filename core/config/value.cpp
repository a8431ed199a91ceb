#include "core/config/value.hpp"

#include <array>
#include <charconv>

#include <sys/stat.h>

#include "core/base/file.hpp"

namespace berth::config {
namespace {

using std::chrono::milliseconds;

Error BadValue(std::string message)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", std::move(message));
}

Error Expected(const Setting& setting, const Written& written, std::string_view what)
{
    const auto text = written.is_list ? "a list" : '"' + written.items.front() + '"';
    return BadValue(written.origin + ": " + std::string{setting.key} + " has to be " +
                    std::string{what} + ", not " + text + ".");
}

std::optional<std::int64_t> ParseInteger(std::string_view text)
{
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

bool InRange(const Setting& setting, std::int64_t value)
{
    return value >= setting.least && value <= setting.most;
}

Result<Config::Value> OutOfRange(const Setting& setting, const Written& written)
{
    return BadValue(written.origin + ": " + std::string{setting.key} + " has to be between " +
                    std::to_string(setting.least) + " and " + std::to_string(setting.most) + ".");
}

std::string_view Trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> SplitAtCommas(std::string_view text)
{
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (const auto item = Trimmed(text.substr(0, comma)); !item.empty())
            items.emplace_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

Result<Config::Value> ReadSecret(const Setting& setting, const Written& written)
{
    const auto& path = written.items.front();
    if (written.is_secret) return Config::Value{Secret{path}};
    if (path.empty()) return Config::Value{Secret{}};
    struct stat status {};
    const auto where = written.origin + ": " + std::string{setting.key} + ": ";
    if (::stat(path.c_str(), &status) != 0) return BadValue(where + path + " cannot be read.");
    if ((status.st_mode & 077) != 0) {
        return Fail(ErrorCode::kInvalid, "CONFIG_SECRET_EXPOSED",
                    where + path + " can be read by others; run `chmod 600` on it.");
    }
    auto bytes = ReadFile(path, 64 * 1024);
    if (!bytes) return BadValue(where + bytes.error().message);
    while (bytes->ends_with('\n') || bytes->ends_with('\r')) bytes->pop_back();
    return Config::Value{Secret{std::move(*bytes)}};
}

}  // namespace

Result<milliseconds> ParseDuration(std::string_view text)
{
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    constexpr std::array<Unit, 5> kUnits{
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = ParseInteger(text.substr(0, unit_at));
    for (const auto& unit : kUnits) {
        if (count && text.substr(unit_at) == unit.name && *count <= 1'000'000'000) {
            return milliseconds{*count * unit.milliseconds};
        }
    }
    return BadValue("A duration is a whole number with ms, s, m, h or d.");
}

Result<Config::Value> ParseValue(const Setting& setting, const Written& written)
{
    if (setting.type == Type::kList) {
        return Config::Value{written.is_list ? written.items
                                             : SplitAtCommas(written.items.front())};
    }
    if (written.is_list) return Expected(setting, written, "one value");
    const auto& text = written.items.front();
    switch (setting.type) {
        case Type::kText: return Config::Value{text};
        case Type::kBool:
            if (text != "true" && text != "false")
                return Expected(setting, written, "true or false");
            return Config::Value{text == "true"};
        case Type::kInteger: {
            const auto value = ParseInteger(text);
            if (!value) return Expected(setting, written, "a whole number");
            if (!InRange(setting, *value)) return OutOfRange(setting, written);
            return Config::Value{*value};
        }
        case Type::kDuration: {
            const auto value = ParseDuration(text);
            if (!value) return Expected(setting, written, "a duration such as 250ms, 15s or 10m");
            if (!InRange(setting, value->count())) return OutOfRange(setting, written);
            return Config::Value{*value};
        }
        case Type::kSecretFile: return ReadSecret(setting, written);
        case Type::kList: break;
    }
    return Expected(setting, written, "of another type");
}

}  // namespace berth::config
