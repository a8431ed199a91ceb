#include "relay-image/storage/postgres_connection.hpp"

#include <algorithm>
#include <cstring>

#include <libpq-fe.h>
#include <poll.h>

#include "core/base/assert.hpp"
#include "core/base/failpoint.hpp"

namespace berth::relay {
namespace {

constexpr unsigned kInt8 = 20, kText = 25;
constexpr unsigned kByteaArray = 1001, kInt4Array = 1007, kTextArray = 1009, kInt8Array = 1016;
constexpr unsigned kBytea = 17, kInt4 = 23, kUuid = 2950, kUuidArray = 2951;

constexpr auto kBegin = "BEGIN";
constexpr auto kCommit = "COMMIT";
constexpr auto kRollback = "ROLLBACK";

template <typename Integer>
void AppendBigEndian(std::string& out, Integer value)
{
    for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
    }
}

/// PostgreSQL's binary form of a one-dimensional array.
class ArrayWriter {
public:
    ArrayWriter(unsigned element_type, std::size_t count)
    {
        AppendBigEndian(bytes_, std::int32_t{count > 0});  // Dimensions.
        AppendBigEndian(bytes_, std::int32_t{1});          // There may be NULLs.
        AppendBigEndian(bytes_, static_cast<std::int32_t>(element_type));
        if (count == 0) return;
        AppendBigEndian(bytes_, static_cast<std::int32_t>(count));
        AppendBigEndian(bytes_, std::int32_t{1});  // Lower bound.
    }
    void AddNull() { AppendBigEndian(bytes_, std::int32_t{-1}); }
    void Add(std::string_view bytes)
    {
        AppendBigEndian(bytes_, static_cast<std::int32_t>(bytes.size()));
        bytes_ += bytes;
    }
    template <typename Integer>
    void AddInteger(Integer value)
    {
        AppendBigEndian(bytes_, static_cast<std::int32_t>(sizeof value));
        AppendBigEndian(bytes_, value);
    }
    std::string Take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

std::string ArrayOf(unsigned element_type, const std::vector<std::optional<std::string>>& items)
{
    ArrayWriter array{element_type, items.size()};
    for (const auto& item : items) item ? array.Add(*item) : array.AddNull();
    return array.Take();
}

/// The values of a statement as libpq takes them.
struct Arguments {
    explicit Arguments(const std::vector<SqlValue>& values)
    {
        for (const auto& value : values) {
            types.push_back(value.type);
            pointers.push_back(value.bytes ? value.bytes->data() : nullptr);
            lengths.push_back(value.bytes ? static_cast<int>(value.bytes->size()) : 0);
            formats.push_back(1);
        }
    }
    int count() const { return static_cast<int>(types.size()); }

    std::vector<Oid> types;
    std::vector<const char*> pointers;
    std::vector<int> lengths;
    std::vector<int> formats;
};

bool Succeeded(const PGresult* result)
{
    const auto status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

Error Refused(std::string message)
{
    while (!message.empty() && message.back() == '\n') message.pop_back();
    return Fail(ErrorCode::kInternal, "DATABASE_REFUSED", std::move(message));
}

}  // namespace

SqlValue SqlValue::Number(std::optional<std::int64_t> number)
{
    if (!number) return {kInt8, std::nullopt};
    std::string bytes;
    AppendBigEndian(bytes, *number);
    return {kInt8, std::move(bytes)};
}

SqlValue SqlValue::Text(std::string text) { return {kText, std::move(text)}; }

SqlValue SqlValue::Blob(std::string bytes) { return {kBytea, std::move(bytes)}; }

SqlValue SqlValue::Numbers(const std::vector<std::optional<std::int64_t>>& numbers)
{
    ArrayWriter array{kInt8, numbers.size()};
    for (const auto& number : numbers) number ? array.AddInteger(*number) : array.AddNull();
    return {kInt8Array, array.Take()};
}

SqlValue SqlValue::Kinds(const std::optional<std::vector<int>>& kinds)
{
    if (!kinds) return {kInt4Array, std::nullopt};
    ArrayWriter array{kInt4, kinds->size()};
    for (const auto kind : *kinds) array.AddInteger(std::int32_t{kind});
    return {kInt4Array, array.Take()};
}

SqlValue SqlValue::Texts(const std::vector<std::string>& texts)
{
    ArrayWriter array{kText, texts.size()};
    for (const auto& text : texts) array.Add(text);
    return {kTextArray, array.Take()};
}

SqlValue SqlValue::Blobs(const std::vector<std::optional<std::string>>& blobs)
{
    return {kByteaArray, ArrayOf(kBytea, blobs)};
}

SqlValue SqlValue::Uuids(const std::vector<std::optional<std::string>>& uuids)
{
    return {kUuidArray, ArrayOf(kUuid, uuids)};
}

SqlValue SqlValue::NoBlobs() { return {kByteaArray, std::nullopt}; }
SqlValue SqlValue::NoUuids() { return {kUuidArray, std::nullopt}; }
SqlValue SqlValue::NoTexts() { return {kTextArray, std::nullopt}; }

Rows::Rows(pg_result* result) : result_{result, PQclear} {}

int Rows::count() const { return PQntuples(result_.get()); }

std::string_view Rows::Bytes(int row, int column) const
{
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::Number(int row, int column) const
{
    const auto bytes = Bytes(row, column);
    BERTH_ASSERT(bytes.size() == 4 || bytes.size() == 8);
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return bytes.size() == 8 ? static_cast<std::int64_t>(value)
                             : static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}

void PostgresConnection::Closer::operator()(pg_conn* connection) const { PQfinish(connection); }

PostgresConnection::PostgresConnection(Secret url, std::string session_settings)
    : url_{std::move(url)}, session_settings_{std::move(session_settings)}
{
}

Result<void> PostgresConnection::EnsureConnected()
{
    if (connection_ && PQstatus(connection_.get()) == CONNECTION_OK) return {};
    prepared_.clear();
    const char* names[] = {"dbname", "options", "connect_timeout", "application_name", nullptr};
    const char* values[] = {url_.Expose().c_str(), session_settings_.c_str(), "5", "berth-relay",
                            nullptr};
    connection_.reset(PQconnectdbParams(names, values, 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return LastError();
    if (auto ready = before_use_ ? before_use_() : Result<void>{}; !ready) {
        connection_.reset();
        return ready;
    }
    for (const auto& script : first_) {
        const Rows rows{PQexec(connection_.get(), script.c_str())};
        if (Succeeded(rows.result())) continue;
        const auto fault = LastError();
        connection_.reset();
        return fault;
    }
    return {};
}

Result<std::vector<std::string>> PostgresConnection::AwaitNotices(
    int wake, std::chrono::milliseconds patience)
{
    if (const auto connected = EnsureConnected(); !connected) return connected.error();
    std::vector<std::string> notices;
    const auto own = PQbackendPID(connection_.get());
    const auto take = [&] {
        while (auto* notice = PQnotifies(connection_.get())) {
            if (notice->be_pid != own) notices.emplace_back(notice->extra);
            PQfreemem(notice);
        }
    };
    take();
    if (!notices.empty()) return notices;
    pollfd sockets[] = {{PQsocket(connection_.get()), POLLIN, 0}, {wake, POLLIN, 0}};
    ::poll(sockets, std::size(sockets), static_cast<int>(patience.count()));
    if (sockets[0].revents != 0 && PQconsumeInput(connection_.get()) == 0) return LastError();
    take();
    return notices;
}

Error PostgresConnection::LastError()
{
    std::string message = PQerrorMessage(connection_.get());
    if (PQstatus(connection_.get()) == CONNECTION_OK) return Refused(std::move(message));
    connection_.reset();
    return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE",
                message.substr(0, message.find('\n')));
}

Result<Rows> PostgresConnection::Run(const Statement& statement)
{
    if (const auto connected = EnsureConnected(); !connected) return connected.error();
    const Arguments arguments{statement.values};
    Rows rows{PQexecParams(connection_.get(), statement.sql, arguments.count(),
                           arguments.types.data(), arguments.pointers.data(),
                           arguments.lengths.data(), arguments.formats.data(), 1)};
    if (!Succeeded(rows.result())) return LastError();
    return rows;
}

Result<Rows> PostgresConnection::RunPrepared(const Statement& statement)
{
    if (const auto connected = EnsureConnected(); !connected) return connected.error();
    if (const auto prepared = Prepare(statement); !prepared) return prepared.error();
    const Arguments arguments{statement.values};
    Rows rows{PQexecPrepared(connection_.get(), NameOf(statement).c_str(), arguments.count(),
                             arguments.pointers.data(), arguments.lengths.data(),
                             arguments.formats.data(), 1)};
    if (!Succeeded(rows.result())) return LastError();
    return rows;
}

Result<Rows> PostgresConnection::Read(const Statement& statement)
{
    const bool had_connection = connection_ != nullptr;
    auto rows = RunPrepared(statement);
    const bool died = had_connection && !rows && rows.error().code == ErrorCode::kUnavailable;
    return died ? RunPrepared(statement) : rows;
}

Result<void> PostgresConnection::RunScript(const std::string& script)
{
    if (const auto connected = EnsureConnected(); !connected) return connected.error();
    const Rows rows{PQexec(connection_.get(), script.c_str())};
    if (!Succeeded(rows.result())) return LastError();
    return {};
}

Result<void> PostgresConnection::Prepare(const Statement& statement)
{
    if (std::ranges::find(prepared_, statement.sql) != prepared_.end()) return {};
    const Arguments arguments{statement.values};
    const auto name = std::to_string(prepared_.size());
    const Rows rows{PQprepare(connection_.get(), name.c_str(), statement.sql, arguments.count(),
                              arguments.types.data())};
    if (!Succeeded(rows.result())) return LastError();
    prepared_.push_back(statement.sql);
    return {};
}

std::string PostgresConnection::NameOf(const Statement& prepared) const
{
    return std::to_string(std::ranges::find(prepared_, prepared.sql) - prepared_.begin());
}

void PostgresConnection::Send(const Statement& statement)
{
    const Arguments arguments{statement.values};
    PQsendQueryPrepared(connection_.get(), NameOf(statement).c_str(), arguments.count(),
                        arguments.pointers.data(), arguments.lengths.data(),
                        arguments.formats.data(), 1);
}

Result<std::vector<Rows>> PostgresConnection::RunTransaction(std::span<const Statement> statements)
{
    BERTH_ASSERT(!statements.empty());
    if (const auto connected = EnsureConnected(); !connected) return connected.error();
    const Statement begin{kBegin, {}};
    const Statement commit{kCommit, {}};
    for (const auto* statement : {&begin, &commit}) {
        if (const auto prepared = Prepare(*statement); !prepared) return prepared.error();
    }
    for (const auto& statement : statements) {
        if (const auto prepared = Prepare(statement); !prepared) return prepared.error();
    }
    Failpoint("relay.before_commit");
    PQenterPipelineMode(connection_.get());
    Send(begin);
    for (const auto& statement : statements) Send(statement);
    Send(commit);
    PQpipelineSync(connection_.get());
    auto rows = CollectTransaction(statements.size());
    Failpoint("relay.after_commit");
    return rows;
}

Result<std::vector<Rows>> PostgresConnection::CollectTransaction(std::size_t statements)
{
    std::vector<Rows> answers;
    std::string fault;
    for (std::size_t i = 0; i < statements + 2; ++i) {
        Rows rows{PQgetResult(connection_.get())};
        if (!Succeeded(rows.result()) && fault.empty()) fault = PQerrorMessage(connection_.get());
        if (i > 0 && i <= statements) answers.push_back(rows);
        if (rows.result())
            PQclear(PQgetResult(connection_.get()));  // Ends this statement's results.
        if (PQstatus(connection_.get()) != CONNECTION_OK) break;
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        connection_.reset();
        return Fail(ErrorCode::kUnknown, "COMMIT_UNKNOWN",
                    "The connection broke before the commit's answer.");
    }
    const Rows synced{PQgetResult(connection_.get())};
    PQexitPipelineMode(connection_.get());
    if (fault.empty()) return answers;
    const Rows undone{PQexec(connection_.get(), kRollback)};
    return Refused(std::move(fault));
}

}  // namespace berth::relay
