#include "akash/sandbox/runtime/process.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace berth::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kGrace = 5s;

[[noreturn]] void Execute(const ProcessSpec& spec, const passwd* user, char* const* argv,
                          char* const* environment, int log)
{
    ::setpgid(0, 0);
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                 ::setuid(user->pw_uid) != 0)) {
        ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // After the change of user, which clears it.
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    // The daemon's listening sockets and connections are not the child's to keep open.
    if (::close_range(3, ~0U, 0) != 0) ::_exit(126);
    if (user && ::chdir("/") != 0) ::_exit(126);
    ::execvpe(spec.argv[0].c_str(), argv, environment);
    ::_exit(127);
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
    pid_ = ::fork();
    if (pid_ == 0) Execute(spec, user, argv.data(), environment.data(), log);
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
    for (const auto end = std::chrono::steady_clock::now() + kGrace;
         std::chrono::steady_clock::now() < end;) {
        if (!Running()) return;
        std::this_thread::sleep_for(20ms);
    }
    Kill();
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
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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
