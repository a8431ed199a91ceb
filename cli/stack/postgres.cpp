#include "cli/stack/postgres.hpp"

#include <algorithm>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <pwd.h>
#include <unistd.h>

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

constexpr auto kServerUser = "postgres";
constexpr auto kPrograms = "/usr/lib/postgresql";
constexpr std::chrono::seconds kInitdbLimit{60};

std::string ServerUser() { return ::geteuid() == 0 ? kServerUser : ""; }

/// The folder of the newest server's programs.
std::optional<fs::path> ServerPrograms()
{
    std::vector<std::pair<int, fs::path>> found;
    std::error_code none;
    for (const auto& version : fs::directory_iterator{kPrograms, none}) {
        const auto programs = version.path() / "bin";
        const int number = std::atoi(version.path().filename().c_str());
        if (fs::exists(programs / "initdb")) found.emplace_back(number, programs);
    }
    if (found.empty()) return std::nullopt;
    return std::max_element(found.begin(), found.end())->second;
}

Error NotMade(const std::string& message)
{
    return Fail(ErrorCode::kUnavailable, "POSTGRES_NOT_MADE", message);
}

std::string Quoted(const std::string& name)
{
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return quoted + '"';
}

}  // namespace

Postgres::Postgres(fs::path folder) : folder_{std::move(folder)} {}

fs::path Postgres::LinkIn(const fs::path& folder) { return folder / "files"; }

Result<void> Postgres::Launch()
{
    const auto programs = ServerPrograms();
    if (!programs) {
        return Fail(ErrorCode::kUnavailable, "POSTGRES_MISSING",
                    "No PostgreSQL server is installed; setup/packages.sh run installs it.");
    }
    if (files_.path().empty()) {
        const auto made = MakeFiles();
        if (!made) return made;
        const auto initialised = RunInitdb(*programs);
        if (!initialised) return initialised;
    }
    child_.emplace(
        ChildSpec{.name = "postgres",
                  .argv = {*programs / "postgres", "-D", files_.path() / "data", "-k",
                           files_.path(), "-c", "listen_addresses=", "-c", "max_connections=200"},
                  .log = folder_ / "log",
                  .user = ServerUser(),
                  .stop_signal = SIGINT});
    return child_->Start();
}

bool Postgres::Serves() { return PQping(Url().c_str()) == PQPING_OK; }

Result<void> Postgres::MakeFiles()
{
    const auto made = files_.Make(LinkIn(folder_), fs::perms::owner_all);
    if (!made || ::geteuid() != 0) return made;
    const auto* user = ::getpwnam(kServerUser);
    if (user && ::chown(files_.path().c_str(), user->pw_uid, user->pw_gid) == 0) return {};
    return NotMade("The folder could not be given to user `postgres`.");
}

Result<void> Postgres::RunInitdb(const fs::path& programs)
{
    Child initdb{
        {.name = "initdb",
         .argv = {programs / "initdb", "--pgdata", files_.path() / "data", "--username=berth",
                  "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
         .log = folder_ / "log",
         .directory = files_.path(),
         .user = ServerUser()}};
    const auto started = initdb.Start();
    if (!started) return started;
    const auto ended =
        initdb.WaitUntil([&] { return !initdb.Running(); }, Deadline::After(kInitdbLimit));
    if (!ended) return ended;
    if (initdb.end() == "exit code 0") return {};
    return NotMade("initdb ended with " + initdb.end() + ":\n" + initdb.LogTail());
}

void Postgres::Stop()
{
    if (child_) child_->Stop();
}

Result<std::string> Postgres::CreateDatabase(const std::string& name)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(Url().c_str()),
                                                                  PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> made{
        PQexec(connection.get(), ("CREATE DATABASE " + Quoted(name)).c_str()), PQclear};
    if (PQresultStatus(made.get()) == PGRES_COMMAND_OK) return Url(name);
    return Fail(ErrorCode::kUnavailable, "DATABASE_NOT_MADE", PQerrorMessage(connection.get()));
}

std::string Postgres::Url(const std::string& database) const
{
    std::string host;
    for (const char c : files_.path().string())
        host += c == '/' ? std::string{"%2F"} : std::string(1, c);
    return "postgresql://berth@" + host + "/" + database;
}

}  // namespace berth::stack
