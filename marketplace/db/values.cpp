#include "marketplace/db/values.hpp"

#include <cstdio>

#include "core/base/assert.hpp"

namespace berth::db {
namespace {

using std::chrono::microseconds;

/// `2026-11-23 22:11:46.123456+00`, as a session in UTC with ISO dates writes it.
Time ParseTimestamp(const std::string& text)
{
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int used = 0;
    const int read = std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d%n", &year, &month, &day, &hour,
                                 &minute, &second, &used);
    BERTH_ASSERT(read == 6 && text.ends_with("+00"));
    std::int64_t micros = 0;
    auto at = static_cast<std::size_t>(used);
    if (text[at] == '.') {
        std::int64_t unit = 100000;
        for (++at; text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
            micros += (text[at] - '0') * unit;
        }
    }
    const std::chrono::sys_days date{std::chrono::year{year} / std::chrono::month{month} /
                                     std::chrono::day{day}};
    return Time{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + microseconds{micros};
}

}  // namespace

std::string ToSql(Time time)
{
    const auto date = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day day{date};
    const std::chrono::hh_mm_ss clock{time - date};
    char text[48];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

std::optional<std::string> ToSql(const std::optional<Time>& time)
{
    if (!time) return std::nullopt;
    return ToSql(*time);
}

Time ReadTime(const pqxx::field& field)
{
    const auto text = field.as<std::string>();
    if (text == "infinity") return Time::max();
    if (text == "-infinity") return Time::min();
    return ParseTimestamp(text);
}

std::optional<Time> ReadOptionalTime(const pqxx::field& field)
{
    if (field.is_null()) return std::nullopt;
    return ReadTime(field);
}

money::Amount ReadAmount(const pqxx::field& field)
{
    const auto amount = money::Amount::ParseSigned(field.as<std::string>());
    BERTH_ASSERT(amount.has_value());
    return *amount;
}

pqxx::binarystring ToBytes(const std::string& bytes) { return pqxx::binarystring{bytes}; }

pqxx::binarystring ToBytes(const google::protobuf::MessageLite& message)
{
    return pqxx::binarystring{message.SerializeAsString()};
}

std::string ReadBytes(const pqxx::field& field) { return pqxx::binarystring{field}.str(); }

}  // namespace berth::db
