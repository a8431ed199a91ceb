#include "akash/sandbox/runtime/process.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace berth::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kGrace = 5s;
constexpr auto kPollEvery = 20ms;
constexpr int kNotArranged = 126, kNotFound = 127;  ///< Exit codes, as a shell has them.

bool WriteText(const char* file, const char* text)
{
    const int fd = ::open(file, O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && ::write(fd, text, std::strlen(text)) > 0;
    ::close(fd);
    return written;
}

/// What an id of a new user namespace is outside: `0 1000 1`.
std::string RootIs(unsigned id) { return "0 " + std::to_string(id) + " 1"; }

/// Namespaces of a process that is to have its own, and what it needs to set them up.
struct Namespaces {
    bool are_new = false;
    bool with_users = false;
    std::string users = RootIs(::geteuid());
    std::string groups = RootIs(::getegid());

    /// As fork().
    pid_t Fork() const
    {
        if (!are_new) return ::fork();
        const unsigned long flags =
            CLONE_NEWPID | CLONE_NEWNS | (with_users ? CLONE_NEWUSER : 0) | SIGCHLD;
        return static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
    }
    /// In the child: the mounts of the new namespace stay in it, and /proc shows its processes.
    bool SetUp() const
    {
        if (!are_new) return true;
        if (with_users && !(WriteText("/proc/self/setgroups", "deny") &&
                            WriteText("/proc/self/uid_map", users.c_str()) &&
                            WriteText("/proc/self/gid_map", groups.c_str()))) {
            return false;
        }
        return ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) == 0 &&
               ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
    }
};

[[noreturn]] void Execute(const ProcessSpec& spec, const Namespaces& namespaces, const passwd* user,
                          char* const* argv, char* const* environment, int log)
{
    ::setpgid(0, 0);
    if (!namespaces.SetUp()) ::_exit(kNotArranged);
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                 ::setuid(user->pw_uid) != 0)) {
        ::_exit(kNotArranged);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // After the change of user, which clears it.
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    // The daemon's listening sockets and connections are not the child's to keep open.
    if (::close_range(3, ~0U, 0) != 0) ::_exit(kNotArranged);
    if (user && ::chdir("/") != 0) ::_exit(kNotArranged);
    ::execvpe(spec.argv[0].c_str(), argv, environment);
    ::_exit(kNotFound);
}

int CodeOf(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::vector<char*> Pointers(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Process::Process(const ProcessSpec& spec)
{
    const passwd* user = nullptr;
    if (!spec.user.empty() && ::geteuid() == 0) {
        user = ::getpwnam(spec.user.c_str());
        if (!user) throw std::runtime_error{"There is no user " + spec.user + "."};
    }
    auto argv_texts = spec.argv;
    std::vector<std::string> environment_texts;
    const char* path = std::getenv("PATH");
    environment_texts.push_back(std::string{"PATH="} + (path ? path : "/usr/bin:/bin"));
    for (const auto& [name, value] : spec.environment)
        environment_texts.push_back(name + "=" + value);
    const auto argv = Pointers(argv_texts);
    const auto environment = Pointers(environment_texts);
    const int log = ::open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const Namespaces namespaces{.are_new = spec.own_namespaces, .with_users = ::geteuid() != 0};
    pid_ = namespaces.Fork();
    if (pid_ == 0) Execute(spec, namespaces, user, argv.data(), environment.data(), log);
    ::close(log);
    if (pid_ < 0) throw std::runtime_error{"A process cannot be started."};
}

Process::Process(Process&& other) noexcept : pid_{std::exchange(other.pid_, -1)} {}

Process& Process::operator=(Process&& other) noexcept
{
    std::swap(pid_, other.pid_);
    return *this;
}

Process::~Process() { Stop(); }

bool Process::Running()
{
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
}

void Process::Stop()
{
    if (!Running()) return;
    ::kill(pid_, SIGTERM);
    if (!WaitFor(kGrace)) Kill();
}

void Process::Kill()
{
    if (!Running()) return;
    ::kill(-pid_, SIGKILL);
    Wait();
}

int Process::Wait()
{
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = -1;
    return CodeOf(status);
}

std::optional<int> Process::WaitFor(std::chrono::milliseconds limit)
{
    for (const auto end = std::chrono::steady_clock::now() + limit;;) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return CodeOf(status);
        }
        if (std::chrono::steady_clock::now() >= end) return std::nullopt;
        std::this_thread::sleep_for(kPollEvery);
    }
}

namespace {

sockaddr_in Loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

}  // namespace

int FreePort()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = Loopback(0);
    socklen_t size = sizeof address;
    const bool bound =
        ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error{"There is no free loopback port."};
    return ntohs(address.sin_port);
}

bool Listens(int port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = Loopback(port);
    const bool open =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return open;
}

}  // namespace berth::sandbox
