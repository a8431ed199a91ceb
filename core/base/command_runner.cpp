#include "core/base/command_runner.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/assert.hpp"

namespace berth {
namespace {

class Pipe {
public:
    Pipe() { BERTH_ASSERT(::pipe2(ends_, O_CLOEXEC) == 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        Close(0);
        Close(1);
    }
    int end(int which) const { return ends_[which]; }
    void Close(int which)
    {
        if (ends_[which] >= 0) ::close(ends_[which]);
        ends_[which] = -1;
    }

private:
    int ends_[2] = {-1, -1};
};

std::vector<std::string> EnvironmentOf(const Command& command)
{
    std::map<std::string, std::string> all{{"LANG", "C.UTF-8"}};
    for (const char* name : {"PATH", "HOME"}) {
        if (const char* value = std::getenv(name)) all[name] = value;
    }
    for (const auto& [name, value] : command.environment) all[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

struct Child {
    pid_t pid = -1;
    int exit_status = 0;

    void Kill() const { ::kill(-pid, SIGKILL); }
    /// Waits for the end without reaping, so that the group's number stays ours; false at the
    /// deadline.
    bool EndsBy(Deadline deadline) const
    {
        const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
        BERTH_ASSERT(handle >= 0);
        bool ended = false;
        while (!ended && !deadline.Passed()) {
            pollfd polled{handle, POLLIN, 0};
            ended = ::poll(&polled, 1, static_cast<int>(deadline.Left().count()) + 1) > 0;
        }
        ::close(handle);
        return ended;
    }
    void Wait()
    {
        while (::waitpid(pid, &exit_status, 0) < 0 && errno == EINTR) {}
    }
};

[[noreturn]] void Execute(const Command& command, char* const* argv, char* const* environment,
                          const Pipe& in, const Pipe& out, const Pipe& err, const Pipe& failure)
{
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(in.end(0), 0);
    ::dup2(out.end(1), 1);
    ::dup2(err.end(1), 2);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    if (command.directory.empty() || ::chdir(command.directory.c_str()) == 0) {
        ::execvpe(argv[0], argv, environment);
    }
    const int reason = errno;
    [[maybe_unused]] const auto told = ::write(failure.end(1), &reason, sizeof reason);
    ::_exit(127);
}

/// Reads what is there; false at the end of the stream or past the limit.
bool Drain(int fd, std::string& into, std::size_t limit, bool& truncated)
{
    char buffer[65536];
    const auto got = ::read(fd, buffer, sizeof buffer);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    if (got == 0) return false;
    const auto room = limit - into.size();
    into.append(buffer, std::min(room, static_cast<std::size_t>(got)));
    truncated = static_cast<std::size_t>(got) > room;
    return !truncated;
}

constexpr std::chrono::milliseconds kLookUp{200};

/// Feeds stdin and collects both outputs; false when the deadline passed first.
bool Converse(const Command& command, Pipe& in, Pipe& out, Pipe& err, CommandOutput& output,
              Deadline deadline)
{
    std::string_view to_write = command.stdin_bytes;
    if (to_write.empty()) in.Close(1);
    ::fcntl(in.end(1), F_SETFL, O_NONBLOCK);
    while (out.end(0) >= 0 || err.end(0) >= 0) {
        pollfd fds[3] = {{out.end(0), POLLIN, 0}, {err.end(0), POLLIN, 0}, {in.end(1), POLLOUT, 0}};
        const auto wait = std::min(deadline.Left(), kLookUp);  // The deadline may be given up.
        if (::poll(fds, 3, static_cast<int>(wait.count())) < 0 && errno != EINTR) return false;
        if (deadline.Passed()) return false;
        if (fds[0].revents &&
            !Drain(out.end(0), output.out, command.output_limit, output.truncated)) {
            out.Close(0);
        }
        if (fds[1].revents &&
            !Drain(err.end(0), output.err, command.output_limit, output.truncated)) {
            err.Close(0);
        }
        if (output.truncated) return true;
        if (fds[2].revents) {
            const auto written = ::write(in.end(1), to_write.data(), to_write.size());
            if (written > 0) to_write.remove_prefix(static_cast<std::size_t>(written));
            if (to_write.empty() || (written < 0 && errno != EAGAIN && errno != EINTR)) in.Close(1);
        }
    }
    return true;
}

}  // namespace

struct ProcessRunner::Slots {
    std::mutex mutex;
    std::condition_variable freed;
    int free = 0;

    bool Take(Deadline deadline)
    {
        std::unique_lock lock{mutex};
        const bool got = freed.wait_for(lock, deadline.Left(), [this] { return free > 0; });
        if (got) --free;
        return got;
    }
    void GiveBack()
    {
        const std::scoped_lock lock{mutex};
        ++free;
        freed.notify_one();
    }
};

ProcessRunner::ProcessRunner(int parallel) : slots_{std::make_unique<Slots>()}
{
    BERTH_ASSERT(parallel > 0);
    slots_->free = parallel;
    std::signal(SIGPIPE, SIG_IGN);
}

ProcessRunner::~ProcessRunner() = default;

Result<CommandOutput> ProcessRunner::Run(const Command& command, Deadline deadline)
{
    BERTH_ASSERT(!command.argv.empty());
    if (!slots_->Take(deadline)) {
        return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", "All command slots are busy.");
    }
    const std::unique_ptr<Slots, void (*)(Slots*)> taken{slots_.get(),
                                                         [](Slots* s) { s->GiveBack(); }};

    auto argv_texts = command.argv;
    auto environment_texts = EnvironmentOf(command);
    const auto argv = Pointers(argv_texts);
    const auto environment = Pointers(environment_texts);
    Pipe in, out, err, failure;
    Child child{.pid = ::fork()};
    if (child.pid == 0) Execute(command, argv.data(), environment.data(), in, out, err, failure);
    if (child.pid < 0) {
        return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", std::strerror(errno));
    }
    ::setpgid(child.pid, child.pid);
    in.Close(0);
    out.Close(1);
    err.Close(1);
    failure.Close(1);
    int reason = 0;
    if (::read(failure.end(0), &reason, sizeof reason) == sizeof reason) {
        child.Wait();
        return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED",
                    command.argv[0] + ": " + std::strerror(reason));
    }

    CommandOutput output;
    // Many programs close their outputs a moment before they end: the exit code needs that moment.
    const bool in_time = Converse(command, in, out, err, output, deadline) &&
                         (output.truncated || child.EndsBy(deadline));
    child.Kill();  // Also what the program left behind in its group.
    child.Wait();
    if (!in_time) {
        return Fail(ErrorCode::kUnknown, "COMMAND_TIMED_OUT",
                    command.argv[0] + " did not end in time and was killed.");
    }
    output.exit_code = WIFSIGNALED(child.exit_status) ? 128 + WTERMSIG(child.exit_status)
                                                      : WEXITSTATUS(child.exit_status);
    return output;
}

}  // namespace berth
