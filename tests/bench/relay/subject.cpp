#include "tests/bench/relay/subject.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay-image/storage/postgres_connection.hpp"
#include "tests/bench/relay/connection.hpp"
#include "tests/bench/relay/process_figures.hpp"
#include "tests/bench/relay/scenarios.hpp"
#include "tests/fakes/private_postgres.hpp"
#include "tests/integration/relay/relay_process.hpp"

namespace berth::bench {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartLimit = 30s;

double Seconds(Steady::duration time) { return std::chrono::duration<double>{time}.count(); }

fs::path MakeFolder()
{
    char name[] = "/tmp/berth-bench-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"no temporary folder"};
    return name;
}

std::int64_t BytesUnder(const fs::path& folder)
{
    std::int64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        if (entry.is_regular_file()) bytes += static_cast<std::int64_t>(entry.file_size());
    }
    return bytes;
}

/// Asks until it is answered.
void AwaitAnswer(unsigned short port)
{
    const auto limit = Steady::now() + kStartLimit;
    while (true) {
        try {
            Ask(port, {R"({"limit":1})"});
            return;
        } catch (const std::runtime_error&) {
            if (Steady::now() > limit) throw;
            std::this_thread::sleep_for(1ms);
        }
    }
}

class Berth final : public Subject {
public:
    explicit Berth(Storage storage) : relay_{Url(storage), Settings(storage)} {}
    ~Berth() override
    {
        relay_.Kill();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    unsigned short port() const override { return relay_.port(); }
    double CpuSeconds() const override
    {
        return CpuSecondsOf(relay_.pid()) + (postmaster_ > 0 ? CpuSecondsOf(postmaster_) : 0);
    }
    std::int64_t PrivateBytes() const override { return PrivateBytesOf(relay_.pid()); }
    std::int64_t StoreBytes() override
    {
        if (!postgres_) return BytesUnder(folder_);
        return Number("SELECT pg_database_size(current_database())") - empty_bytes_;
    }
    double RestartSeconds() override
    {
        relay_.Terminate();
        const auto start = Steady::now();
        relay_.Start();
        AwaitAnswer(relay_.port());
        return Seconds(Steady::now() - start);
    }

private:
    std::string Url(Storage storage)
    {
        if (storage == Storage::kLmdb) return "";
        postgres_ = std::make_unique<test::PrivatePostgres>();
        url_ = postgres_->CreateDatabase("bench");
        postmaster_ = ParentOf(static_cast<pid_t>(Number("SELECT pg_backend_pid()")));
        empty_bytes_ = Number("SELECT pg_database_size(current_database())");
        return url_;
    }
    relay::test::RelayProcess::Settings Settings(Storage storage)
    {
        relay::test::RelayProcess::Settings settings{{"MAX_CONNECTIONS", "20000"}};
        if (storage == Storage::kPostgres) return settings;
        settings["STORAGE"] = "lmdb";
        settings["LMDB_FOLDER"] = folder_;
        return settings;
    }
    std::int64_t Number(const char* sql)
    {
        relay::PostgresConnection connection{Secret{url_}, ""};
        const auto rows = connection.Run({sql, {}});
        if (!rows) throw std::runtime_error{rows.error().message};
        return rows->Number(0, 0);
    }

    const fs::path folder_ = MakeFolder();
    std::unique_ptr<test::PrivatePostgres> postgres_;
    std::string url_;
    pid_t postmaster_ = -1;
    std::int64_t empty_bytes_ = 0;
    relay::test::RelayProcess relay_;
};

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

class NostrRs final : public Subject {
public:
    explicit NostrRs(fs::path program) : program_{std::move(program)}
    {
        fs::create_directory(folder_ / "db");
        std::ofstream{folder_ / "config.toml"}
            << "[info]\nrelay_url = \"ws://127.0.0.1/\"\n[network]\naddress = \"127.0.0.1\"\nport "
               "= "
            << port_ << "\n[limits]\nmax_event_bytes = 1048576\nmax_ws_message_bytes = 1048576\n";
        Start();
    }
    ~NostrRs() override
    {
        End(SIGKILL);
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    unsigned short port() const override { return port_; }
    double CpuSeconds() const override { return CpuSecondsOf(pid_); }
    std::int64_t PrivateBytes() const override { return PrivateBytesOf(pid_); }
    std::int64_t StoreBytes() override { return BytesUnder(folder_ / "db"); }
    double RestartSeconds() override
    {
        End(SIGTERM);
        const auto start = Steady::now();
        Start();
        return Seconds(Steady::now() - start);
    }

private:
    void Start()
    {
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const int log = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            ::dup2(log, 1);
            ::dup2(log, 2);
            ::setenv("RUST_LOG", "warn", 1);
            const auto config = (folder_ / "config.toml").string();
            const auto data = (folder_ / "db").string();
            ::execl(program_.c_str(), "nostr-rs-relay", "--config", config.c_str(), "--db",
                    data.c_str(), nullptr);
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

    const fs::path program_;
    const fs::path folder_ = MakeFolder();
    const unsigned short port_ = FreePort();
    pid_t pid_ = -1;
};

}  // namespace

std::unique_ptr<Subject> StartBerth(Storage storage) { return std::make_unique<Berth>(storage); }

std::unique_ptr<Subject> StartNostrRs(const fs::path& program)
{
    return std::make_unique<NostrRs>(program);
}

}  // namespace berth::bench
