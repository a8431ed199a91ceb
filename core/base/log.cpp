#include "core/base/log.hpp"

#include <ostream>

#include <boost/json/serialize.hpp>

namespace berth {
namespace {

std::string_view Name(Log::Level level)
{
    switch (level) {
        case Log::Level::kDebug: return "debug";
        case Log::Level::kInfo: return "info";
        case Log::Level::kWarning: return "warning";
        case Log::Level::kError: return "error";
    }
    return "error";
}

}  // namespace

Log::Log(std::ostream& out, std::string program, const Clock& clock, Level least)
    : program_{std::move(program)}, clock_{clock}, least_{least}, out_{out}
{
}

void Log::Debug(std::string_view message, boost::json::object fields)
{
    Write(Level::kDebug, message, std::move(fields));
}

void Log::Info(std::string_view message, boost::json::object fields)
{
    Write(Level::kInfo, message, std::move(fields));
}

void Log::Warning(std::string_view message, boost::json::object fields)
{
    Write(Level::kWarning, message, std::move(fields));
}

void Log::Error(std::string_view message, boost::json::object fields)
{
    Write(Level::kError, message, std::move(fields));
}

void Log::Write(Level level, std::string_view message, boost::json::object fields)
{
    if (level < least_) return;
    boost::json::object line;
    line["time"] = FormatTime(clock_.Now());
    line["level"] = Name(level);
    line["program"] = program_;
    line["message"] = message;
    for (auto& [key, value] : fields) line[key] = std::move(value);
    const std::string text = boost::json::serialize(line) + "\n";
    const std::scoped_lock lock{mutex_};
    out_ << text << std::flush;
}

}  // namespace berth
