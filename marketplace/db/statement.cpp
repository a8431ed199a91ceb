#include "marketplace/db/statement.hpp"

#include <algorithm>
#include <array>

#include <libpq-fe.h>

namespace berth::db {
namespace {

using Outcome = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr auto kOpenSession = "SET ROLE berth_marketplace; SET TIME ZONE 'UTC'";
/// PostgreSQL counts microseconds from 2000-01-01.
constexpr std::chrono::sys_days kEpoch{std::chrono::year{2000} / 1 / 1};

template <typename Integer>
void AppendBigEndian(std::string& bytes, Integer value)
{
    std::array<char, sizeof value> big{};
    for (std::size_t i = 0; i < big.size(); ++i) {
        big[i] = static_cast<char>((value >> ((big.size() - 1 - i) * 8)) & 0xff);
    }
    bytes.append(big.data(), big.size());
}

StatementOutcome::Kind KindOf(const std::string& sqlstate)
{
    if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) {
        return StatementOutcome::Kind::kRowsFault;
    }
    if (sqlstate == "40001" || sqlstate == "40P01") return StatementOutcome::Kind::kAgain;
    return StatementOutcome::Kind::kLost;
}

std::vector<std::vector<std::string>> RowsOf(const PGresult* result)
{
    std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(PQntuples(result)));
    for (int row = 0; row < PQntuples(result); ++row) {
        for (int column = 0; column < PQnfields(result); ++column) {
            rows[static_cast<std::size_t>(row)].emplace_back(
                PQgetvalue(result, row, column),
                static_cast<std::size_t>(PQgetlength(result, row, column)));
        }
    }
    return rows;
}

}  // namespace

void ArrayParameter::Add(std::string_view bytes)
{
    ++count_;
    AppendBigEndian(items_, static_cast<std::uint32_t>(bytes.size()));
    items_.append(bytes);
}

void ArrayParameter::Add(std::int64_t number)
{
    ++count_;
    AppendBigEndian(items_, std::uint32_t{sizeof number});
    AppendBigEndian(items_, static_cast<std::uint64_t>(number));
}

void ArrayParameter::Add(Time time) { Add(std::int64_t{(time - Time{kEpoch}).count()}); }

std::string ArrayParameter::Encode() const
{
    std::string bytes;
    bytes.reserve(items_.size() + 20);
    AppendBigEndian(bytes, std::uint32_t{1});  // Dimensions.
    AppendBigEndian(bytes, std::uint32_t{0});  // No NULL in it.
    AppendBigEndian(bytes, static_cast<std::uint32_t>(type_));
    AppendBigEndian(bytes, count_);
    AppendBigEndian(bytes, std::uint32_t{1});  // Lower bound.
    return bytes += items_;
}

void StatementSession::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

StatementSession::StatementSession(std::string url) : url_{std::move(url)} {}
StatementSession::~StatementSession() = default;

bool StatementSession::Connected()
{
    if (connection_ && PQstatus(connection_.get()) == CONNECTION_OK) return true;
    Disconnect();
    connection_.reset(PQconnectdb(url_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return false;
    const Outcome opened{PQexec(connection_.get(), kOpenSession), PQclear};
    return PQresultStatus(opened.get()) == PGRES_COMMAND_OK;
}

bool StatementSession::Prepare(const std::string& name, const std::string& sql)
{
    if (!Connected()) return false;
    if (std::ranges::find(prepared_, name) != prepared_.end()) return true;
    const Outcome made{PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr),
                       PQclear};
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return false;
    prepared_.push_back(name);
    return true;
}

StatementOutcome StatementSession::Execute(const std::string& name,
                                           const std::vector<std::string>& parameters)
{
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const auto& parameter : parameters) {
        values.push_back(parameter.data());
        lengths.push_back(static_cast<int>(parameter.size()));
    }
    const std::vector<int> binary(parameters.size(), 1);
    const Outcome result{
        PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(parameters.size()),
                       values.data(), lengths.data(), binary.data(), 1),
        PQclear};
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
        return {.kind = StatementOutcome::Kind::kDone, .message = {}, .rows = RowsOf(result.get())};
    }
    const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return {.kind = KindOf(sqlstate ? sqlstate : ""),
            .message = PQresultErrorMessage(result.get()),
            .rows = {}};
}

void StatementSession::Disconnect()
{
    connection_.reset();
    prepared_.clear();
}

}  // namespace berth::db
