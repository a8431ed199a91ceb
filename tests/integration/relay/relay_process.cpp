#include "tests/integration/relay/relay_process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartLimit = 30s;
constexpr auto kLogLimit = 10s;
constexpr auto kPollEvery = 5ms;
constexpr std::string_view kLmdb = "lmdb:";
constexpr auto kProgram = BERTH_BINARY_DIR "/relay-image/berth-relay";

fs::path MakeFolder()
{
    char name[] = "/tmp/berth-relay-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
    return name;
}

/// Puts the sockets where systemd puts them; what the settings say of them holds.
void PassSockets(const std::vector<int>& sockets, const RelayProcess::Settings& settings,
                 std::vector<std::string>& environment)
{
    constexpr int kFirst = 3, kOutOfTheWay = 100;
    std::vector<int> copies;
    for (const int socket : sockets) copies.push_back(::fcntl(socket, F_DUPFD, kOutOfTheWay));
    int place = kFirst;
    for (const int copy : copies) ::dup2(copy, place++);
    ::close_range(static_cast<unsigned>(place), ~0U, 0);
    const auto say = [&](const std::string& name, std::size_t value) {
        if (!settings.contains(name)) environment.push_back(name + "=" + std::to_string(value));
    };
    say("LISTEN_FDS", sockets.size());
    say("LISTEN_PID", static_cast<std::size_t>(::getpid()));
}

[[noreturn]] void Execute(const fs::path& log, std::vector<std::string> environment)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
    std::vector<char*> pointers;
    for (auto& line : environment) pointers.push_back(line.data());
    pointers.push_back(nullptr);
    char program[] = "berth-relay";
    char* argv[] = {program, nullptr};
    ::execve(kProgram, argv, pointers.data());
    ::_exit(127);
}

std::string ReadAll(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

}  // namespace

RelayProcess::RelayProcess(const std::string& database, Settings settings, std::vector<int> sockets)
    : folder_{MakeFolder()}, settings_{std::move(settings)}, sockets_{std::move(sockets)}
{
    settings_.emplace("ADDRESS", "127.0.0.1:0");
    if (database.starts_with(kLmdb)) {
        settings_.emplace("STORAGE", "lmdb");
        settings_.emplace("LMDB_FOLDER", database.substr(kLmdb.size()));
    } else {
        settings_.emplace("DATABASE_URL", database);
    }
    settings_.emplace("READY_FILE", folder_ / "ready");
    Start();
}

RelayProcess::~RelayProcess()
{
    End(SIGKILL);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void RelayProcess::Start()
{
    fs::remove(folder_ / "ready");
    std::vector<std::string> environment;
    for (const auto& [key, value] : settings_) {
        const bool is_whole = key.starts_with("BERTH_") || key.starts_with("LISTEN_");
        const std::string prefix = is_whole ? "" : "BERTH_RELAY_";
        environment.push_back(prefix + key + "=" + value);
    }
    pid_ = ::fork();
    if (pid_ == 0) {
        if (!sockets_.empty()) PassSockets(sockets_, settings_, environment);
        Execute(folder_ / "log", environment);
    }
    const auto limit = std::chrono::steady_clock::now() + kStartLimit;
    while (!fs::exists(folder_ / "ready")) {
        const bool gone = ::waitpid(pid_, nullptr, WNOHANG) != 0;
        if (gone || std::chrono::steady_clock::now() > limit) {
            if (gone) pid_ = -1;
            throw GiveUp();
        }
        std::this_thread::sleep_for(kPollEvery);
    }
    std::istringstream addresses{ReadAll(folder_ / "ready")};
    ports_.clear();
    for (std::string address; std::getline(addresses, address);) {
        const auto port = std::stoi(address.substr(address.rfind(':') + 1));
        ports_.push_back(static_cast<unsigned short>(port));
    }
}

std::runtime_error RelayProcess::GiveUp()
{
    const auto log = ReadAll(folder_ / "log");
    End(SIGKILL);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    return std::runtime_error{"The relay did not start: " + log};
}

void RelayProcess::Kill() { End(SIGKILL); }

int RelayProcess::Terminate() { return End(SIGTERM); }

bool RelayProcess::LogShows(const std::string& text) const
{
    const auto limit = std::chrono::steady_clock::now() + kLogLimit;
    while (std::chrono::steady_clock::now() < limit) {
        if (ReadAll(folder_ / "log").find(text) != std::string::npos) return true;
        std::this_thread::sleep_for(kPollEvery);
    }
    return false;
}

int RelayProcess::HandOver()
{
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // The successor is to become a child of ours.
    constexpr std::string_view kMark = "\"handed over\",\"pid\":";
    ::kill(pid_, SIGUSR2);
    if (!LogShows(std::string{kMark})) {
        throw std::runtime_error{"Nothing was handed over: " + ReadAll(folder_ / "log")};
    }
    const auto ended = End(0);
    const auto log = ReadAll(folder_ / "log");
    pid_ = std::stoi(log.substr(log.rfind(kMark) + kMark.size()));
    return ended;
}

int RelayProcess::End(int signal)
{
    if (pid_ <= 0) return 0;
    int status = 0;
    ::kill(pid_, signal);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace berth::relay::test
