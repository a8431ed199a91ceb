#include "tests/integration/relay_fanout/private_redis.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay-image/fanout/redis_link.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartLimit = 20s;
constexpr auto kPollEvery = 10ms;
constexpr auto kProgram = "/usr/bin/redis-server";

/// A socket on a free port of the loopback, and the port.
std::pair<int, unsigned short> Bind()
{
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(handle, generic, size) != 0 || ::getsockname(handle, generic, &size) != 0) {
        throw std::runtime_error{"No port is free."};
    }
    return {handle, ::ntohs(address.sin_port)};
}

unsigned short FreePort()
{
    const auto [handle, port] = Bind();
    ::close(handle);
    return port;
}

fs::path MakeFolder()
{
    char name[] = "/tmp/berth-redis-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
    return name;
}

[[noreturn]] void Execute(const fs::path& log, std::vector<std::string> argv)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    std::vector<char*> pointers;
    for (auto& text : argv) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    ::execv(kProgram, pointers.data());
    ::_exit(127);
}

std::string UrlOf(const std::string& password, unsigned short port)
{
    return "redis://" + (password.empty() ? "" : ":" + password + "@") +
           "127.0.0.1:" + std::to_string(port);
}

RedisLink LinkTo(const std::string& url, const std::string& channel)
{
    return RedisLink{{.address = ParseRedisUrl(url).value(), .channel = channel}};
}

}  // namespace

PrivateRedis::PrivateRedis(std::string password)
    : password_{std::move(password)}, folder_{MakeFolder()}, port_{FreePort()}
{
    Start();
}

PrivateRedis::~PrivateRedis()
{
    Kill();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::string PrivateRedis::Url(const std::string& password) const { return UrlOf(password, port_); }

void PrivateRedis::Start()
{
    std::vector<std::string> argv{kProgram, "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                  "--save", "",       "--appendonly",        "no",     "--dir",
                                  folder_};
    if (!password_.empty()) argv.insert(argv.end(), {"--requirepass", password_});
    pid_ = ::fork();
    if (pid_ == 0) Execute(folder_ / "log", std::move(argv));
    const auto limit = std::chrono::steady_clock::now() + kStartLimit;
    while (!Answers()) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > limit) {
            Kill();
            throw std::runtime_error{"Redis did not start."};
        }
        std::this_thread::sleep_for(kPollEvery);
    }
}

bool PrivateRedis::Answers() const { return LinkTo(Url(), "none").Open().has_value(); }

void PrivateRedis::Kill()
{
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
    pid_ = -1;
}

void PrivateRedis::Pause() const { ::kill(pid_, SIGSTOP); }

void PrivateRedis::Resume() const { ::kill(pid_, SIGCONT); }

void PrivateRedis::Publish(const std::string& channel, std::string_view message) const
{
    auto link = LinkTo(Url(), channel);
    if (!link.Open()) throw std::runtime_error{"Redis does not answer."};
    link.Publish(std::make_shared<const AdmittedEvent>(), message);
    while (link.unanswered() > 0) {
        if (!link.Exchange(-1, RedisLink::Steady::now() + kStartLimit)) {
            throw std::runtime_error{"Redis does not take the message."};
        }
    }
}

SilentServer::SilentServer()
{
    std::tie(handle_, port_) = Bind();
    ::listen(handle_, SOMAXCONN);
}

SilentServer::~SilentServer() { ::close(handle_); }

std::string SilentServer::Url() const { return UrlOf({}, port_); }

}  // namespace berth::relay::test
