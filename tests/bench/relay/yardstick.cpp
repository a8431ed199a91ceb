#include "tests/bench/relay/yardstick.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay-image/bench/connection.hpp"
#include "tests/bench/relay/process_figures.hpp"
#include "tests/bench/relay/running.hpp"

namespace berth::bench {
namespace {

namespace fs = std::filesystem;

/// How a relay is told its port and its folder.
struct Model {
    std::string name;
    std::function<std::string(unsigned short port, const fs::path& store)> config;
    std::function<std::vector<std::string>(const fs::path& config, const fs::path& store)>
        arguments;
};

/// On SQLite, its default.
std::string NostrRsConfig(unsigned short port, const fs::path&)
{
    return "[info]\nrelay_url = \"ws://127.0.0.1/\"\n[network]\naddress = \"127.0.0.1\"\nport = " +
           std::to_string(port) +
           "\n[limits]\nmax_event_bytes = 1048576\nmax_ws_message_bytes = 1048576\n";
}

/// On LMDB, which is all it has.
std::string RnostrConfig(unsigned short port, const fs::path& store)
{
    return "[data]\npath = \"" + store.string() +
           "\"\n[network]\nhost = \"127.0.0.1\"\nport = " + std::to_string(port) +
           "\n[limitation]\nmax_message_length = 1048576\nmax_subscriptions = 2000\n"
           "max_event_time_older_than_now = 0\nmax_event_time_newer_than_now = 0\n";
}

const std::vector<Model>& Models()
{
    static const std::vector<Model> models{
        {"nostr-rs-relay", NostrRsConfig,
         [](const fs::path& config, const fs::path& store) {
             return std::vector<std::string>{"--config", config, "--db", store};
         }},
        {"rnostr", RnostrConfig, [](const fs::path& config, const fs::path&) {
             return std::vector<std::string>{"relay", "-c", config};
         }}};
    return models;
}

const Model& ModelOf(const std::string& name)
{
    const auto found = std::ranges::find(Models(), name, &Model::name);
    if (found == Models().end()) throw std::runtime_error{"no yardstick is called " + name};
    return *found;
}

unsigned short FreePort()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

class OtherRelay final : public Subject {
public:
    OtherRelay(const Model& model, const fs::path& program)
    {
        fs::create_directory(store_);
        const auto config = folder_.path() / "config.toml";
        std::ofstream{config} << model.config(port_, store_);
        command_ = {program};
        for (auto& argument : model.arguments(config, store_)) {
            command_.push_back(std::move(argument));
        }
        Start();
    }
    ~OtherRelay() override { End(SIGKILL); }

    unsigned short port() const override { return port_; }
    double CpuSeconds() const override { return CpuSecondsOf(pid_); }
    std::int64_t PrivateBytes() const override { return PrivateBytesOf(pid_); }
    std::int64_t ResidentBytes() const override { return ResidentBytesOf(pid_); }
    std::int64_t Descriptors() const override { return DescriptorsOf(pid_); }
    std::int64_t StoreBytes() override { return BytesUnder(store_); }
    double RestartSeconds() override
    {
        End(SIGTERM);
        const auto start = Steady::now();
        Start();
        return std::chrono::duration<double>{Steady::now() - start}.count();
    }

private:
    void Start()
    {
        std::vector<char*> arguments;
        for (auto& argument : command_) arguments.push_back(argument.data());
        arguments.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const auto log = folder_.path() / "log";
            const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            ::dup2(file, 1);
            ::dup2(file, 2);
            ::setenv("RUST_LOG", "warn", 1);
            ::execv(arguments.front(), arguments.data());
            ::_exit(127);
        }
        AwaitAnswer(port_);
    }
    void End(int signal)
    {
        if (pid_ <= 0) return;
        ::kill(pid_, signal);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
        pid_ = -1;
    }

    const TemporaryFolder folder_;
    const fs::path store_ = folder_.path() / "store";
    const unsigned short port_ = FreePort();
    std::vector<std::string> command_;
    pid_t pid_ = -1;
};

}  // namespace

Yardstick ReadYardstick(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw std::runtime_error{"NAME=PATH is wanted, not " + text};
    return {.name = ModelOf(text.substr(0, equals)).name, .program = text.substr(equals + 1)};
}

std::unique_ptr<Subject> StartYardstick(const Yardstick& yardstick)
{
    return std::make_unique<OtherRelay>(ModelOf(yardstick.name), yardstick.program);
}

}  // namespace berth::bench
