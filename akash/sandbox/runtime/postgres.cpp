#include "akash/sandbox/runtime/postgres.hpp"

#include <pwd.h>
#include <stdexcept>
#include <unistd.h>

#include "core/base/file.hpp"

namespace berth::sandbox {
namespace {

namespace fs = std::filesystem;

void GiveTo(const fs::path& path, const std::string& user)
{
    if (::geteuid() != 0) return;
    const auto* entry = ::getpwnam(user.c_str());
    if (!entry || ::chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
        throw std::runtime_error{"The folder cannot be given to " + user + ": " + path.string()};
    }
}

void RunToEnd(const PostgresSpec& spec, std::vector<std::string> argv)
{
    const auto what = argv.front();
    Process process{{.argv = std::move(argv),
                     .environment = {{"LANG", "C.UTF-8"}, {"HOME", spec.folder.string()}},
                     .log_file = spec.log_file,
                     .user = spec.system_user}};
    if (process.Wait() != 0) throw std::runtime_error{what + " failed; see its log."};
}

bool IsName(const std::string& text)
{
    return !text.empty() &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == text.npos;
}

void CreateCluster(const PostgresSpec& spec, const fs::path& data)
{
    // Under another name until it is whole, so that a crash leaves nothing half made.
    const auto half = spec.folder / "data.new";
    fs::remove_all(half);
    const auto password_file = spec.folder / "password";
    if (const auto written = WriteFileAtomically(password_file, spec.password, 0600); !written) {
        throw std::runtime_error{written.error().message};
    }
    GiveTo(password_file, spec.system_user);
    RunToEnd(spec, {spec.bin / "initdb", "-D", half, "-U", spec.user,
                    "--pwfile=" + password_file.string(), "-A", "scram-sha-256", "-E", "UTF8",
                    "--locale=C.UTF-8", "--no-sync"});
    fs::remove(password_file);
    if (spec.database != "postgres") {
        const auto script = "echo 'CREATE DATABASE \"" + spec.database +
                            "\"' | exec \"$0\" --single -D \"$1\" postgres";
        RunToEnd(spec, {"/bin/sh", "-c", script, spec.bin / "postgres", half});
    }
    fs::rename(half, data);
}

}  // namespace

Process StartPostgres(const PostgresSpec& spec)
{
    if (!IsName(spec.user) || !IsName(spec.database) || spec.password.empty()) {
        throw std::runtime_error{
            "POSTGRES_USER, POSTGRES_DB or POSTGRES_PASSWORD is missing or odd."};
    }
    fs::create_directories(spec.folder);
    fs::permissions(spec.folder, fs::perms::owner_all);
    GiveTo(spec.folder, spec.system_user);
    const auto data = spec.folder / "data";
    if (!fs::exists(data)) CreateCluster(spec, data);
    fs::remove(data / "postmaster.pid");
    return Process{{.argv = {spec.bin / "postgres", "-D", data, "-h", "127.0.0.1", "-p",
                             std::to_string(spec.port), "-c", "unix_socket_directories=", "-c",
                             "max_connections=40", "-c", "shared_buffers=16MB"},
                    .environment = {{"LANG", "C.UTF-8"}, {"HOME", spec.folder.string()}},
                    .log_file = spec.log_file,
                    .user = spec.system_user}};
}

}  // namespace berth::sandbox
