#include "relay-image/retention/retention_rule.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "core/config/value.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using config::Type;

constexpr int kMaxKind = 65535;
constexpr std::int64_t kMegabyte = 1 << 20;
constexpr int kKept[] = {0, 3, 10002};
static_assert(std::ranges::all_of(kKept, IsAlwaysKept));

constexpr config::Setting kSettings[] = {
    {"relay.retention", Type::kList, "",
     "rules of what is forgotten: kinds=1+7 authors=other+paid age=30d count=1000"},
    {"relay.max_database_mb", Type::kInteger, "0",
     "beyond it the oldest events go, unpaid first; 0 is no limit", 0, 1 << 30},
};

Error BadRule(std::string_view rule, const std::string& why)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                "relay.retention: \"" + std::string{rule} + "\": " + why);
}

std::vector<std::string_view> Split(std::string_view text, char by)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(by), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

template <typename Integer>
bool ReadNumber(std::string_view text, Integer most, Integer& into)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && into >= 0 &&
           into <= most;
}

bool ReadKinds(std::string_view text, RetentionRule& rule)
{
    auto& kinds = rule.kinds.emplace();
    for (const auto part : Split(text, '+')) {
        if (!ReadNumber(part, kMaxKind, kinds.emplace_back())) return false;
    }
    std::ranges::sort(kinds);
    return !kinds.empty();
}

bool ReadAuthors(std::string_view text, RetentionRule& rule)
{
    rule.authors.clear();
    for (const auto part : Split(text, '+')) {
        if (part == "other") {
            rule.authors.insert(AuthorClass::kOther);
        } else if (part == "paid") {
            rule.authors.insert(AuthorClass::kPaid);
        } else if (part == "member") {
            rule.authors.insert(AuthorClass::kMember);
        } else if (part == "owner") {
            rule.authors.insert(AuthorClass::kOwner);
        } else {
            return false;
        }
    }
    return !rule.authors.empty();
}

bool ReadAge(std::string_view text, RetentionRule& rule)
{
    const auto age = config::ParseDuration(text);
    if (age) rule.age = std::chrono::floor<std::chrono::seconds>(*age);
    return age.has_value();
}

bool ReadPart(std::string_view name, std::string_view value, RetentionRule& rule)
{
    if (name == "kinds") return !rule.kinds && ReadKinds(value, rule);
    if (name == "authors") return ReadAuthors(value, rule);
    if (name == "age") return !rule.age && ReadAge(value, rule);
    if (name == "count") {
        return !rule.count && ReadNumber(value, std::int64_t{1} << 40, rule.count.emplace());
    }
    return false;
}

}  // namespace

Result<RetentionRule> ParseRetentionRule(std::string_view text)
{
    RetentionRule rule;
    for (const auto part : Split(text, ' ')) {
        const auto equals = std::min(part.find('='), part.size());
        const auto value = part.substr(std::min(equals + 1, part.size()));
        if (!ReadPart(part.substr(0, equals), value, rule)) {
            return BadRule(text, "\"" + std::string{part} + "\" is no part of a rule.");
        }
    }
    if (!rule.age && !rule.count) return BadRule(text, "it lacks an age or a count.");
    return rule;
}

std::span<const config::Setting> DeclaredRetentionSettings() { return kSettings; }

Result<RetentionSettings> ReadRetentionSettings(const config::Config& config)
{
    RetentionSettings settings{.rules = {},
                               .max_bytes = config.Integer("relay.max_database_mb") * kMegabyte};
    for (const auto& text : config.List("relay.retention")) {
        auto rule = ParseRetentionRule(text);
        if (!rule) return rule.error();
        settings.rules.push_back(std::move(*rule));
    }
    return settings;
}

std::string RetentionDocument(const RetentionSettings& settings)
{
    json::array document;
    for (const auto& rule : settings.rules) {
        if (!rule.authors.contains(AuthorClass::kOther)) continue;
        json::object entry;
        if (rule.kinds) entry["kinds"] = json::value_from(*rule.kinds);
        if (rule.age) entry["time"] = rule.age->count();
        if (rule.count) entry["count"] = *rule.count;
        document.push_back(std::move(entry));
    }
    if (settings.max_bytes > 0) document.push_back(json::object{{"bytes", settings.max_bytes}});
    if (document.empty()) return {};
    document.push_back(json::object{{"kinds", json::value_from(kKept)}, {"time", nullptr}});
    return json::serialize(document);
}

}  // namespace berth::relay
