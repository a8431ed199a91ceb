#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/stack/scratch_folder.hpp"
#include "cli/stack/server.hpp"

namespace berth::stack {

/// A private PostgreSQL server with durable settings, reached by a Unix socket in a folder of mode
/// 0700. As root it runs as user `postgres`, since it refuses root. Its files go with the object.
/// Not thread-safe.
class Postgres final : public Server {
public:
    /// Keeps its files in a new folder under /tmp, which `postgres` can enter wherever our own
    /// folder is; a link in `folder` leads to it.
    explicit Postgres(std::filesystem::path folder);
    /// The link, in a folder given to the constructor.
    static std::filesystem::path LinkIn(const std::filesystem::path& folder);
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;
    ~Postgres() override = default;

    /// Makes the data folder first if there is none. Errors: kUnavailable `POSTGRES_MISSING`,
    /// `POSTGRES_NOT_MADE`, `CHILD_NOT_STARTED`.
    Result<void> Launch() override;
    /// Whether it takes connections.
    bool Serves() override;
    /// A fast shutdown.
    void Stop() override;

    /// Makes an empty database and returns its URL. Errors: kUnavailable `DATABASE_NOT_MADE`.
    Result<std::string> CreateDatabase(const std::string& name);
    /// `postgresql://` URL of a database, as superuser `berth`.
    std::string Url(const std::string& database = "postgres") const;
    Child& child() override { return *child_; }

private:
    Result<void> MakeFiles();
    Result<void> RunInitdb(const std::filesystem::path& programs);

    std::filesystem::path folder_;
    ScratchFolder files_;
    std::optional<Child> child_;
};

}  // namespace berth::stack
