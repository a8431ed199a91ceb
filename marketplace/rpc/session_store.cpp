#include "marketplace/rpc/session_store.hpp"

namespace berth::rpc {
namespace {

constexpr auto kPresent = R"sql(
    INSERT INTO presented_events (event_id, expires_at)
    VALUES ($1, now() + make_interval(secs => $2)) ON CONFLICT DO NOTHING)sql";
constexpr auto kOpen = R"sql(
    INSERT INTO sessions (token_hash, pubkey, expires_at)
    VALUES ($1, $2, now() + make_interval(secs => $3))
    RETURNING (extract(epoch FROM expires_at) * 1000000)::bigint)sql";
constexpr auto kFind = R"sql(
    SELECT pubkey FROM sessions WHERE token_hash = $1 AND expires_at > now())sql";
constexpr auto kIsOperator = R"sql(
    SELECT EXISTS (SELECT FROM operators WHERE operator_id = $1))sql";
constexpr auto kAnswer = R"sql(
    SELECT 1)sql";
constexpr auto kSweepSessions = R"sql(
    DELETE FROM sessions WHERE expires_at <= now())sql";
constexpr auto kSweepPresented = R"sql(
    DELETE FROM presented_events WHERE expires_at <= now())sql";

}  // namespace

Result<bool> SessionStore::Present(const std::string& event_id, std::chrono::seconds keep)
{
    return database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        return tx.exec_params(kPresent, event_id, keep.count()).affected_rows() == 1;
    });
}

Result<std::int64_t> SessionStore::Open(const std::string& token_hash, const std::string& pubkey,
                                        std::chrono::seconds lifetime)
{
    return database_.Transact<std::int64_t>([&](pqxx::work& tx) -> Result<std::int64_t> {
        return tx.exec_params1(kOpen, token_hash, pubkey, lifetime.count())[0].as<std::int64_t>();
    });
}

Result<std::optional<std::string>> SessionStore::Find(const std::string& token_hash)
{
    using Found = std::optional<std::string>;
    return database_.Transact<Found>([&](pqxx::work& tx) -> Result<Found> {
        const auto rows = tx.exec_params(kFind, token_hash);
        if (rows.empty()) return Found{};
        return Found{rows[0][0].as<std::string>()};
    });
}

Result<bool> SessionStore::IsOperator(const std::string& pubkey)
{
    return database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        return tx.exec_params1(kIsOperator, pubkey)[0].as<bool>();
    });
}

bool SessionStore::Answers()
{
    const auto answered = database_.Transact<bool>([](pqxx::work& tx) -> Result<bool> {
        tx.exec1(kAnswer);
        return true;
    });
    return answered.has_value();
}

Result<void> SessionStore::Sweep()
{
    const auto swept = database_.Transact<bool>([](pqxx::work& tx) -> Result<bool> {
        tx.exec0(kSweepSessions);
        tx.exec0(kSweepPresented);
        return true;
    });
    if (!swept) return swept.error();
    return {};
}

}  // namespace berth::rpc
