#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/base/clock.hpp"

namespace berth {

/// Writes one JSON object a line: time, level, program, message, then the fields. Control
/// characters are escaped, so that no field can forge a line. Thread-safe. There is no overload for
/// Secret, and there must not be one.
class Log {
public:
    enum class Level { kDebug, kInfo, kWarning, kError };

    /// Writes lines of `least` and above to `out`, which must outlive the log.
    Log(std::ostream& out, std::string program, const Clock& clock, Level least = Level::kInfo);

    void Debug(std::string_view message, boost::json::object fields = {});
    void Info(std::string_view message, boost::json::object fields = {});
    void Warning(std::string_view message, boost::json::object fields = {});
    void Error(std::string_view message, boost::json::object fields = {});

private:
    void Write(Level level, std::string_view message, boost::json::object fields);

    const std::string program_;
    const Clock& clock_;
    const Level least_;
    std::mutex mutex_;
    std::ostream& out_;
};

}  // namespace berth
