#pragma once

#include "akash/sandbox/runtime/process.hpp"

namespace berth::sandbox {

/// A private PostgreSQL as the official container image would set it up from its environment.
struct PostgresSpec {
    std::filesystem::path bin;     ///< Folder of initdb and postgres.
    std::filesystem::path folder;  ///< Made if it is not there.
    std::filesystem::path log_file;
    std::string system_user;  ///< PostgreSQL refuses to run as root.
    std::string user = "postgres";
    std::string password;
    std::string database;
    int port = 0;
};

/// Creates the cluster and its database if they are not there yet, and starts the server.
/// Throws std::runtime_error.
Process StartPostgres(const PostgresSpec& spec);

}  // namespace berth::sandbox
