#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::db {

/// A bounded pool of connections to the marketplace's PostgreSQL, each as role `berth_marketplace`.
/// Thread-safe.
class Database {
public:
    struct Options {
        std::string url;
        int connections = 8;
    };

    explicit Database(Options options);
    ~Database();

    /// Runs `work` in one READ COMMITTED transaction and commits if it returned a value; an Error
    /// rolls back. Serialization failures, deadlocks and lost connections before COMMIT are tried
    /// again, three times at most. Errors beside those of `work`: kUnavailable
    /// `DATABASE_UNAVAILABLE`; kUnknown `COMMIT_UNKNOWN`: read back by id.
    template <typename T>
    Result<T> Transact(const std::function<Result<T>(pqxx::work&)>& work)
    {
        std::optional<Result<T>> result;
        const auto status = Run([&](pqxx::work& tx) -> Result<void> {
            result.emplace(work(tx));
            if (!*result) return result->error();
            return {};
        });
        if (!status) return status.error();
        return std::move(*result);
    }

private:
    Result<void> Run(const std::function<Result<void>(pqxx::work&)>& work);

    struct Pool;
    std::unique_ptr<Pool> pool_;
};

}  // namespace berth::db
