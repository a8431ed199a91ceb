#include "cli/stack/supervisor.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <sstream>

#include <poll.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "cli/stack/daemon.hpp"
#include "cli/stack/stop_signals.hpp"
#include "core/base/strict_json.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kStartLimit = 60s;
constexpr int kRestartsMost = 20;
constexpr int kPollMilliseconds = 20;

json::object ErrorFields(const Error& error)
{
    return {{"reason", error.reason}, {"message", error.message}};
}

std::string TextAt(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string{value->get_string()} : "";
}

std::deque<std::string> Words(const std::string& text)
{
    std::istringstream words{text};
    return {std::istream_iterator<std::string>{words}, {}};
}

}  // namespace

Supervisor::Supervisor(const std::vector<Server*>& servers, std::ostream& out, bool control)
    : out_{out}, control_{control}
{
    for (auto* server : servers) servers_.push_back({.server = server});
}

Result<void> Supervisor::Run()
{
    while (!StopRequested()) {
        if (const auto checked = CheckAll(); !checked) return checked;
        if (!ReadCommands()) return {};
    }
    return {};
}

Result<void> Supervisor::CheckAll()
{
    for (auto& watched : servers_) {
        if (watched.starting) CheckStart(watched);
        if (watched.held || watched.server->child().Running()) continue;
        if (const auto revived = Revive(watched); !revived) return revived;
    }
    return {};
}

Result<void> Supervisor::Revive(Watched& watched)
{
    auto& child = watched.server->child();
    Say({{"event", "ended"}, {"server", child.name()}, {"how", child.end()}});
    if (++watched.restarts > kRestartsMost) {
        return Fail(ErrorCode::kUnavailable, "SERVER_KEEPS_ENDING",
                    child.name() + " keeps ending; its log ends with:\n" + child.LogTail());
    }
    Launch(watched);
    return {};
}

void Supervisor::Launch(Watched& watched)
{
    if (const auto launched = watched.server->Launch(); !launched) return Tell(watched, launched);
    watched.starting = Deadline::After(kStartLimit);
    CheckStart(watched);
}

void Supervisor::CheckStart(Watched& watched)
{
    const auto serves = watched.server->ServesBy(*watched.starting);
    if (!serves) return Tell(watched, serves.error());
    if (*serves) Tell(watched, {});
}

/// A command is read once the one before it is answered, so that answers keep their order.
bool Supervisor::ReadCommands()
{
    for (auto end = input_.find('\n'); !commanded_ && end != std::string::npos;
         end = input_.find('\n')) {
        Obey(input_.substr(0, end));
        input_.erase(0, end + 1);
    }
    const bool reads = control_ && !commanded_;
    pollfd input{.fd = reads ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, kPollMilliseconds) <= 0 || input.revents == 0) return true;
    char buffer[4096];
    const auto got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

void Supervisor::Obey(const std::string& line)
{
    const auto parsed = ParseJsonStrict(line);
    const auto* command = parsed ? parsed->if_object() : nullptr;
    const auto name = command ? TextAt(*command, "server") : "";
    const auto found = std::ranges::find_if(
        servers_, [&](const Watched& watched) { return watched.server->child().name() == name; });
    if (found == servers_.end()) {
        Say({{"ok", false}, {"error", {{"reason", "UNKNOWN_SERVER"}, {"message", name}}}});
        return;
    }
    commanded_ = &*found;
    Do(*found, TextAt(*command, "do"), Words(TextAt(*command, "failpoints")));
}

void Supervisor::Do(Watched& watched, const std::string& verb, std::deque<std::string> failpoints)
{
    if (verb != "start" && verb != "stop" && verb != "kill" && verb != "restart") {
        return Tell(watched, Fail(ErrorCode::kInvalid, "UNKNOWN_COMMAND",
                                  "There is no command `" + verb + "`."));
    }
    if (verb == "stop" || verb == "restart") watched.server->Stop();
    if (verb == "kill") watched.server->child().Kill();
    watched.held = verb == "stop" || verb == "kill";
    const bool running = watched.server->child().Running();
    if (running && watched.starting) return;  // It is answered once it serves.
    if (running || watched.held) return Tell(watched, {});
    watched.restarts = 0;
    if (auto* daemon = dynamic_cast<Daemon*>(watched.server)) {
        daemon->SetFailpoints(std::move(failpoints));
    }
    Launch(watched);
}

/// Answers the command that waits for it, or tells of a start that nobody commanded.
void Supervisor::Tell(Watched& watched, const Result<void>& done)
{
    auto& child = watched.server->child();
    json::object said;
    if (commanded_ == &watched) {
        said = {{"ok", done.has_value()}};
        commanded_ = nullptr;
    } else {
        said = {{"event", done ? "started" : "not_started"}};
    }
    said["server"] = child.name();
    if (done) {
        said["pid"] = child.pid();
    } else {
        said["error"] = ErrorFields(done.error());
    }
    watched.starting.reset();
    Say(std::move(said));
}

void Supervisor::Say(json::object event)
{
    if (control_) out_ << json::serialize(event) << std::endl;
}

}  // namespace berth::stack
