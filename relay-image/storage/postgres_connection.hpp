#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

struct pg_conn;
struct pg_result;

namespace berth::relay {

/// A value for a `$n`, in PostgreSQL's binary format.
struct SqlValue {
    unsigned type = 0;                 ///< Oid of its type.
    std::optional<std::string> bytes;  ///< Nothing is NULL.

    static SqlValue Number(std::optional<std::int64_t> number);
    static SqlValue Text(std::string text);
    static SqlValue Blob(std::string bytes);
    static SqlValue Numbers(const std::vector<std::optional<std::int64_t>>& numbers);
    static SqlValue Kinds(const std::optional<std::vector<int>>& kinds);
    static SqlValue Texts(const std::vector<std::string>& texts);
    static SqlValue Blobs(const std::vector<std::optional<std::string>>& blobs);
    static SqlValue NoBlobs();  ///< NULL in place of an array.
    static SqlValue NoUuids();  ///< The same.
    static SqlValue NoTexts();  ///< The same.
    static SqlValue Uuids(
        const std::vector<std::optional<std::string>>& uuids);  ///< 16 bytes each.
};

/// One statement with its values.
struct Statement {
    const char* sql = "";
    std::vector<SqlValue> values;
};

/// The rows of an answer; values in binary.
class Rows {
public:
    explicit Rows(pg_result* result);

    const pg_result* result() const { return result_.get(); }
    int count() const;
    std::string_view Bytes(int row, int column) const;
    std::int64_t Number(int row, int column) const;  ///< Of an int4 or int8.

private:
    std::shared_ptr<pg_result> result_;
};

/// One connection to PostgreSQL. Not thread-safe. After any error the next call connects afresh if
/// it has to. Errors: kUnavailable `DATABASE_UNAVAILABLE`; kInternal `DATABASE_REFUSED`.
class PostgresConnection {
public:
    /// Does not connect yet. `session_settings` are `-c name=value` options of the session.
    PostgresConnection(Secret url, std::string session_settings);

    /// Runs one statement; it is prepared only for this call.
    Result<Rows> Run(const Statement& statement);
    /// Runs one statement, prepared once per connection.
    Result<Rows> RunPrepared(const Statement& statement);
    /// Runs one statement that only reads, prepared once per connection; once more on a new
    /// connection if the one there was had died.
    Result<Rows> Read(const Statement& statement);
    /// Runs several commands given as one text, in one transaction.
    Result<void> RunScript(const std::string& script);
    /// Runs statements in one transaction and one round trip, prepared once per connection; returns
    /// the rows of each. Error kUnknown `COMMIT_UNKNOWN`: it may or may not be committed.
    Result<std::vector<Rows>> RunTransaction(std::span<const Statement> statements);

    /// Waits for what others send to the channels that this connection listens to, until `wake` can
    /// be read or the time is over; nothing then.
    Result<std::vector<std::string>> AwaitNotices(int wake, std::chrono::milliseconds patience);
    /// What is done before each new connection is used; its error is the caller's.
    void BeforeUse(std::function<Result<void>()> hook) { before_use_ = std::move(hook); }
    /// What is run on each new connection before all else, one after the other.
    void RunFirst(std::vector<std::string> scripts) { first_ = std::move(scripts); }

private:
    struct Closer {
        void operator()(pg_conn* connection) const;
    };

    Result<void> EnsureConnected();
    Result<void> Prepare(const Statement& statement);
    void Send(const Statement& prepared);
    std::string NameOf(const Statement& prepared) const;
    Result<std::vector<Rows>> CollectTransaction(std::size_t statements);
    Error LastError();

    Secret url_;
    std::string session_settings_;
    std::function<Result<void>()> before_use_;
    std::vector<std::string> first_;
    std::unique_ptr<pg_conn, Closer> connection_;
    std::vector<const char*> prepared_;  ///< Index is the statement's name.
};

}  // namespace berth::relay
