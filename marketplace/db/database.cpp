#include "marketplace/db/database.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace berth::db {
namespace {

using namespace std::chrono_literals;
using Connection = std::unique_ptr<pqxx::connection>;

constexpr int kAttempts = 3;
constexpr auto kBetweenAttempts = 100ms;
constexpr auto kBorrowLimit = 10s;
Connection Connect(const std::string& url)
{
    auto connection = std::make_unique<pqxx::connection>(url);
    connection->set_variable("role", "berth_marketplace");  // Set again if it reconnects.
    connection->set_variable("timezone", "'UTC'");
    connection->set_variable("datestyle", "'ISO'");
    connection->set_variable("default_transaction_isolation", "'read committed'");
    return connection;
}

/// Nothing of a transaction remains after these, and it may go through the next time.
bool PassesWithTime(const std::string& sqlstate)
{
    return sqlstate == "40001" || sqlstate == "40P01" || sqlstate.starts_with("57P") ||
           sqlstate.starts_with("08");
}

Error Unavailable(const std::string& why)
{
    return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE", why);
}

struct Attempt {
    Result<void> status;
    bool again = false;
};

Attempt Try(pqxx::connection& connection, const std::function<Result<void>(pqxx::work&)>& work)
{
    bool committing = false;
    try {
        pqxx::work tx{connection};
        auto status = work(tx);
        if (!status) return {status};
        committing = true;
        tx.commit();
        return {Result<void>{}};
    } catch (const pqxx::sql_error& failure) {
        if (!committing) {
            return {Fail(ErrorCode::kInternal, "DATABASE_REFUSED",
                         failure.sqlstate() + ": " + failure.what()),
                    PassesWithTime(failure.sqlstate())};
        }
    } catch (const pqxx::broken_connection& failure) {
        if (!committing) return {Unavailable(failure.what()), true};
    } catch (const pqxx::failure& failure) {
        if (!committing) return {Unavailable(failure.what())};
    }
    return {Fail(ErrorCode::kUnknown, "COMMIT_UNKNOWN",
                 "The database did not say whether the change took effect.")};
}

}  // namespace

struct Database::Pool {
    explicit Pool(Options given) : options{std::move(given)} {}

    /// An idle connection or a new one; throws pqxx::broken_connection, or nothing after the limit.
    Connection Borrow()
    {
        std::unique_lock lock{mutex};
        const bool free = returned.wait_for(
            lock, kBorrowLimit, [&] { return !idle.empty() || open < options.connections; });
        if (!free) return nullptr;
        if (!idle.empty()) {
            auto connection = std::move(idle.back());
            idle.pop_back();
            return connection;
        }
        ++open;
        lock.unlock();
        try {
            return Connect(options.url);
        } catch (...) {
            Return(nullptr);
            throw;
        }
    }

    void Return(Connection connection)
    {
        const std::scoped_lock lock{mutex};
        if (connection && connection->is_open()) {
            idle.push_back(std::move(connection));
        } else {
            --open;
        }
        returned.notify_one();
    }

    const Options options;
    std::mutex mutex;
    std::condition_variable returned;
    std::vector<Connection> idle;
    int open = 0;
};

Database::Database(Options options) : pool_{std::make_unique<Pool>(std::move(options))} {}
Database::~Database() = default;

Result<void> Database::Run(const std::function<Result<void>(pqxx::work&)>& work)
{
    Attempt last{Unavailable("No attempt was made.")};
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        if (attempt > 1) std::this_thread::sleep_for(kBetweenAttempts * attempt);
        Connection connection;
        try {
            connection = pool_->Borrow();
        } catch (const pqxx::failure& failure) {
            last = {Unavailable(failure.what()), true};
            continue;
        }
        if (!connection) return Unavailable("All connections are busy.");
        last = Try(*connection, work);
        const bool unclear = !last.status && last.status.error().code == ErrorCode::kUnknown;
        pool_->Return(unclear || last.again ? nullptr : std::move(connection));
        if (!last.again) return last.status;
    }
    return last.status;
}

}  // namespace berth::db
