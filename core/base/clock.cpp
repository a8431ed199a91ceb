#include "core/base/clock.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace berth {

using std::chrono::milliseconds;

milliseconds Deadline::Left() const
{
    const auto now = Steady::now();
    if (Passed() || at_ <= now) return milliseconds{0};
    if (at_ - now > std::chrono::hours{1}) return std::chrono::hours{1};
    return std::chrono::ceil<milliseconds>(at_ - now);
}

Deadline Deadline::AtMost(milliseconds limit) const
{
    auto nearer = *this;
    nearer.at_ = std::min(at_, Steady::now() + limit);
    return nearer;
}

Deadline Deadline::OrWhen(const std::atomic<bool>& given_up) const
{
    auto either = *this;
    either.given_up_ = &given_up;
    return either;
}

std::string FormatTime(Time time)
{
    const auto seconds = static_cast<std::time_t>(ToUnixSeconds(time));
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    const auto millis =
        std::chrono::floor<std::chrono::milliseconds>(time - FromUnixSeconds(seconds)).count();
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(millis));
    return text;
}

}  // namespace berth
