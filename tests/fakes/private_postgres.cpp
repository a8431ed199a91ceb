#include "tests/fakes/private_postgres.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace berth::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartLimit = 60s;
constexpr auto kPollEvery = 20ms;

fs::path ServerPrograms()
{
    std::vector<fs::path> found;
    for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql"}) {
        if (fs::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
    }
    if (found.empty()) throw std::runtime_error{"No PostgreSQL server is installed."};
    return *std::max_element(found.begin(), found.end());
}

/// The user that the server runs as: `postgres` when we are root, else ourselves.
const passwd* ServerUser()
{
    if (::geteuid() != 0) return nullptr;
    const auto* user = ::getpwnam("postgres");
    if (!user) throw std::runtime_error{"There is no user `postgres` to run the server as."};
    return user;
}

[[noreturn]] void Execute(const passwd* user, const fs::path& log, std::vector<std::string> argv)
{
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                 ::setuid(user->pw_uid) != 0)) {
        ::_exit(126);
    }
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // After setuid, which clears it.
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    for (int fd = 3; fd < 1024; ++fd) ::close(fd);
    std::vector<char*> pointers;
    for (auto& text : argv) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
}

pid_t Launch(const fs::path& folder, std::vector<std::string> argv)
{
    const auto* user = ServerUser();
    const auto pid = ::fork();
    if (pid < 0) throw std::runtime_error{"fork failed"};
    if (pid == 0) Execute(user, folder / "log", std::move(argv));
    return pid;
}

int WaitFor(pid_t pid)
{
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return status;
}

std::vector<pid_t> ChildrenOf(pid_t parent)
{
    const auto id = std::to_string(parent);
    std::ifstream list{"/proc/" + id + "/task/" + id + "/children"};
    std::vector<pid_t> children;
    for (pid_t child = 0; list >> child;) children.push_back(child);
    return children;
}

/// Whether a process is gone, or a zombie, which has let go of the server's shared memory.
bool HasEnded(pid_t pid)
{
    std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    if (!std::getline(stat, line)) return true;
    return line.at(line.rfind(')') + 2) == 'Z';
}

std::string LogOf(const fs::path& folder)
{
    std::ostringstream text;
    text << std::ifstream{folder / "log"}.rdbuf();
    return text.str();
}

fs::path MakeFolder()
{
    char name[] = "/tmp/berth-pg-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
    const auto* user = ServerUser();
    if (user && ::chown(name, user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error{"The temporary folder could not be given to `postgres`."};
    }
    return name;
}

}  // namespace

PrivatePostgres::PrivatePostgres(Durability durability)
    : folder_{MakeFolder()}, durability_{durability}
{
    const auto made = WaitFor(Launch(
        folder_, {ServerPrograms() / "initdb", "--pgdata", folder_ / "data", "--username=berth",
                  "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"}));
    if (made != 0) throw std::runtime_error{"initdb failed: " + LogOf(folder_)};
    Start();
}

PrivatePostgres::~PrivatePostgres()
{
    End(SIGQUIT);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::string PrivatePostgres::Url(const std::string& database) const
{
    std::string host;
    for (const char c : folder_.string()) host += c == '/' ? "%2F" : std::string(1, c);
    return "postgresql://berth@" + host + "/" + database;
}

std::string PrivatePostgres::CreateDatabase(const std::string& name)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(Url().c_str()),
                                                                  PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> made{
        PQexec(connection.get(), ("CREATE DATABASE \"" + name + "\"").c_str()), PQclear};
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) {
        throw std::runtime_error{PQerrorMessage(connection.get())};
    }
    return Url(name);
}

void PrivatePostgres::Start()
{
    const auto* fsync = durability_ == Durability::kMachine ? "fsync=on" : "fsync=off";
    server_ = Launch(folder_, {ServerPrograms() / "postgres", "-D", folder_ / "data", "-k", folder_,
                               "-c", "listen_addresses=", "-c", fsync});
    const auto limit = std::chrono::steady_clock::now() + kStartLimit;
    while (PQping(Url().c_str()) != PQPING_OK) {
        if (std::chrono::steady_clock::now() > limit || ::waitpid(server_, nullptr, WNOHANG) != 0) {
            throw std::runtime_error{"PostgreSQL did not start: " + LogOf(folder_)};
        }
        std::this_thread::sleep_for(kPollEvery);
    }
}

void PrivatePostgres::Stop() { End(SIGINT); }

void PrivatePostgres::Kill()
{
    if (server_ <= 0) return;
    ::kill(server_, SIGSTOP);  // So that it does not replace the children that die first.
    ::waitpid(server_, nullptr, WUNTRACED);
    const auto children = ChildrenOf(server_);
    for (const auto child : children) ::kill(child, SIGKILL);
    End(SIGKILL);
    for (const auto child : children) {
        while (!HasEnded(child)) std::this_thread::sleep_for(kPollEvery);
    }
}

void PrivatePostgres::End(int signal)
{
    if (server_ <= 0) return;
    ::kill(server_, signal);
    WaitFor(server_);
    server_ = -1;
}

}  // namespace berth::test
