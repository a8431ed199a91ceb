#include "cli/stack/child.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "cli/stack/stop_signals.hpp"
#include "core/base/assert.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollEvery = 20ms;
constexpr std::size_t kLogTailBytes = 2000;

/// All that the child needs between fork and exec, where it may not allocate.
struct Launch {
    std::vector<std::string> argv_texts;
    std::vector<std::string> environment_texts;
    std::vector<char*> argv;
    std::vector<char*> environment;
    std::string log;
    std::string directory;
    const passwd* user = nullptr;
    int death_signal = 0;
    pid_t parent = 0;
};

std::vector<char*> Pointers(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> EnvironmentOf(const ChildSpec& spec)
{
    std::map<std::string, std::string> all{{"LANG", "C.UTF-8"}};
    for (const char* name : {"PATH", "HOME"}) {
        if (const char* value = std::getenv(name)) all[name] = value;
    }
    for (const auto& [name, value] : spec.environment) all[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

void Fill(Launch& launch, const ChildSpec& spec)
{
    launch.argv_texts = spec.argv;
    launch.environment_texts = EnvironmentOf(spec);
    launch.argv = Pointers(launch.argv_texts);
    launch.environment = Pointers(launch.environment_texts);
    launch.log = spec.log;
    launch.directory = spec.directory;
    launch.user = spec.user.empty() ? nullptr : ::getpwnam(spec.user.c_str());
    launch.death_signal = spec.stop_signal;
    launch.parent = ::getpid();
}

bool BecomeUser(const passwd* user)
{
    if (!user) return true;
    return ::setgroups(0, nullptr) == 0 && ::setgid(user->pw_gid) == 0 &&
           ::setuid(user->pw_uid) == 0;
}

/// Puts the log behind stdout and stderr, and `failure` at 3; everything above is closed.
bool ArrangeFiles(const Launch& launch, int failure)
{
    const int log = ::open(launch.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int none = ::open("/dev/null", O_RDONLY);
    if (log < 0 || none < 0) return false;
    ::dup2(none, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    if (failure != 3) ::dup2(failure, 3);
    ::fcntl(3, F_SETFD, FD_CLOEXEC);
    return ::close_range(4, ~0U, 0) == 0;
}

[[noreturn]] void Execute(const Launch& launch, int failure)
{
    ::setpgid(0, 0);
    const bool arranged = ArrangeFiles(launch, failure);
    if (arranged && BecomeUser(launch.user)) {
        ::prctl(PR_SET_PDEATHSIG, launch.death_signal);  // After setuid, which clears it.
        if (::getppid() != launch.parent) ::_exit(127);  // The parent died before the prctl.
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        std::signal(SIGPIPE, SIG_DFL);
        if (launch.directory.empty() || ::chdir(launch.directory.c_str()) == 0) {
            ::execvpe(launch.argv[0], launch.argv.data(), launch.environment.data());
        }
    }
    const int reason = errno;
    [[maybe_unused]] const auto told = ::write(arranged ? 3 : failure, &reason, sizeof reason);
    ::_exit(127);
}

std::string HowItEnded(const siginfo_t& info)
{
    if (info.si_code == CLD_EXITED) return "exit code " + std::to_string(info.si_status);
    return "signal " + std::to_string(info.si_status);
}

}  // namespace

Child::Child(ChildSpec spec) : spec_{std::move(spec)} { BERTH_ASSERT(!spec_.argv.empty()); }

Child::~Child() { Stop(); }

Result<void> Child::Start()
{
    BERTH_ASSERT(pid_ < 0);
    Launch launch;
    Fill(launch, spec_);
    if (!spec_.user.empty() && !launch.user) {
        return Fail(ErrorCode::kUnavailable, "CHILD_NOT_STARTED", "There is no user " + spec_.user);
    }
    int failure[2];
    BERTH_ASSERT(::pipe2(failure, O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) Execute(launch, failure[1]);
    int reason = pid_ < 0 ? errno : 0;
    ::close(failure[1]);
    if (pid_ > 0) {
        ::setpgid(pid_, pid_);
        while (::read(failure[0], &reason, sizeof reason) < 0 && errno == EINTR) {}
    }
    ::close(failure[0]);
    if (reason == 0) return {};
    if (pid_ > 0) Reap();
    return Fail(ErrorCode::kUnavailable, "CHILD_NOT_STARTED",
                spec_.argv[0] + ": " + std::strerror(reason));
}

bool Child::Running()
{
    if (pid_ < 0) return false;
    if (!EndedBy(Deadline::After(0ms))) return true;
    Reap();
    return false;
}

void Child::Stop()
{
    if (pid_ < 0) return;
    ::kill(pid_, spec_.stop_signal);
    EndedBy(Deadline::After(spec_.stop_limit));
    Reap();
}

void Child::Kill()
{
    if (pid_ >= 0) Reap();
}

/// True once the process has ended; it stays a zombie, so that its group's id is still its own.
bool Child::EndedBy(Deadline deadline)
{
    while (true) {
        siginfo_t info{};
        const auto id = static_cast<id_t>(pid_);
        if (::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_) {
            return true;
        }
        if (deadline.Passed()) return false;
        std::this_thread::sleep_for(kPollEvery);
    }
}

/// Kills what is left of the group and takes the exit status.
void Child::Reap()
{
    ::kill(-pid_, SIGKILL);
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {}
    end_ = HowItEnded(info);
    pid_ = -1;
}

Result<bool> Child::ReadyBy(const std::function<bool()>& ready, Deadline deadline)
{
    if (ready()) return true;
    if (StopRequested()) {
        return Fail(ErrorCode::kPrecondition, "STOP_REQUESTED",
                    "Told to stop while " + spec_.name + " was starting.");
    }
    if (!Running()) {
        return Fail(ErrorCode::kUnavailable, "CHILD_ENDED",
                    spec_.name + " ended with " + end_ + ":\n" + LogTail());
    }
    if (deadline.Passed()) {
        return Fail(ErrorCode::kTimeout, "CHILD_NOT_READY",
                    spec_.name + " was not ready in time:\n" + LogTail());
    }
    return false;
}

Result<void> Child::WaitUntil(const std::function<bool()>& ready, Deadline deadline)
{
    while (true) {
        const auto is = ReadyBy(ready, deadline);
        if (!is) return is.error();
        if (*is) return {};
        std::this_thread::sleep_for(kPollEvery);
    }
}

std::string Child::LogTail() const
{
    std::ifstream log{spec_.log, std::ios::binary | std::ios::ate};
    const auto size = static_cast<std::size_t>(std::max<std::streamoff>(log.tellg(), 0));
    std::string tail(std::min(size, kLogTailBytes), '\0');
    log.seekg(static_cast<std::streamoff>(size - tail.size()));
    log.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    return tail;
}

}  // namespace berth::stack
