#pragma once

#include <deque>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/stack/server.hpp"

namespace berth::stack {

/// Watches servers and starts again those that end by themselves. It watches all of them while one
/// starts, which may need another that ends meanwhile. With `control` it also takes commands on
/// standard input, one JSON object a line, and answers each on `out`:
/// `{"do": "start"|"stop"|"kill"|"restart", "server": NAME, "failpoints": NAMES}`, the names
/// parted by spaces, optional and for our own programs: one for each of the next starts. A command
/// is answered once it is done: the server serves, or will not within a minute. What was stopped or
/// killed by command stays down. Not thread-safe; belongs on the thread that started the servers.
class Supervisor {
public:
    Supervisor(const std::vector<Server*>& servers, std::ostream& out, bool control);

    /// Until a stop signal, or the end of the commands. Errors: kUnavailable `SERVER_KEEPS_ENDING`.
    Result<void> Run();

private:
    struct Watched {
        Server* server = nullptr;
        bool held = false;  ///< Down by command.
        int restarts = 0;
        std::optional<Deadline> starting{};  ///< Launched, and not seen to serve yet.
    };

    Result<void> CheckAll();
    Result<void> Revive(Watched& watched);
    void Launch(Watched& watched);
    void CheckStart(Watched& watched);
    /// False at the end of the commands.
    bool ReadCommands();
    void Obey(const std::string& line);
    void Do(Watched& watched, const std::string& verb, std::deque<std::string> failpoints);
    void Tell(Watched& watched, const Result<void>& done);
    void Say(boost::json::object event);

    std::vector<Watched> servers_;
    std::ostream& out_;
    const bool control_;
    const Watched* commanded_ = nullptr;  ///< What the command that is not answered yet waits for.
    std::string input_;
};

}  // namespace berth::stack
