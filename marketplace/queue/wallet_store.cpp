#include "marketplace/queue/wallet_store.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "marketplace/db/values.hpp"
#include "marketplace/queue/outbox_store.hpp"

namespace berth::queue {
namespace {

constexpr auto kLock = R"sql(
    SELECT epoch, worker, leased_until > now() AS leased FROM wallets
    WHERE operator_id = $1 AND address = $2 FOR UPDATE)sql";

constexpr auto kLease = R"sql(
    UPDATE wallets SET epoch = $3, worker = $4,
                       leased_until = now() + $5::bigint * interval '1 millisecond'
    WHERE operator_id = $1 AND address = $2
    RETURNING leased_until, unordered_refused_at > now() - interval '1 day' AS ordered)sql";

constexpr auto kRelease = R"sql(
    UPDATE wallets SET worker = '', leased_until = '-infinity'
    WHERE operator_id = $1 AND address = $2)sql";

constexpr auto kReport = R"sql(
    UPDATE wallets SET
        ready = $3, not_ready_because = $4, balances = $5::jsonb, reported_at = now(),
        unordered_refused_at = CASE WHEN $6 THEN now() ELSE unordered_refused_at END
    WHERE operator_id = $1 AND address = $2)sql";

constexpr auto kAddTransaction = R"sql(
    INSERT INTO transactions (operator_id, hash, wallet, wallet_epoch, signed_bytes, timeout, state,
                              fee_uakt, sequence, timeout_height)
    VALUES ($1, $2, $3, $4, $5, to_timestamp($6::bigint), 'signed', $7::numeric, $8::numeric,
            $9))sql";

constexpr auto kSequenceTaken = R"sql(
    SELECT 1 FROM transactions
    WHERE operator_id = $1 AND wallet = $2 AND sequence = $3::numeric AND state = 'signed')sql";

constexpr auto kAddTransactionMessage = R"sql(
    INSERT INTO transaction_messages (operator_id, hash, message_index, message_id)
    VALUES ($1, $2, $3, $4))sql";

constexpr auto kLockTransaction = R"sql(
    SELECT state FROM transactions
    WHERE operator_id = $1 AND hash = $2 AND wallet = $3 FOR UPDATE)sql";

constexpr auto kSettleTransaction = R"sql(
    UPDATE transactions SET state = $3, height = $4, codespace = $5, code = $6, error = $7
    WHERE operator_id = $1 AND hash = $2)sql";

constexpr auto kMessagesOf = R"sql(
    SELECT message_id FROM transaction_messages
    WHERE operator_id = $1 AND hash = $2 ORDER BY message_index)sql";

constexpr auto kSettled = R"sql(
    SELECT transactions.wallet, transactions.height, job_id
    FROM transactions
    JOIN transaction_messages USING (operator_id, hash)
    JOIN outbox_messages USING (operator_id, message_id)
    WHERE operator_id = $1 AND hash = $2 AND transactions.state <> 'signed'
    ORDER BY message_index)sql";

constexpr auto kUnresolved = R"sql(
    SELECT hash, signed_bytes, extract(epoch FROM timeout)::bigint AS timeout, fee_uakt,
           sequence, timeout_height
    FROM transactions WHERE operator_id = $1 AND wallet = $2 AND state = 'signed'
    ORDER BY created_at, hash LIMIT 50)sql";

constexpr auto kChooseReady = R"sql(
    SELECT address FROM wallets
    WHERE operator_id = $1 AND ready
    ORDER BY (SELECT count(*) FROM outbox_messages
              WHERE outbox_messages.operator_id = $1 AND wallet = address AND state = 'pending'),
             address LIMIT 1)sql";

const money::Amount kFeeUaktMax = 1'000'000'000'000;  // A million AKT: more is no fee.

/// The wallet that a report is about, under lock.
struct Held {
    std::string operator_id;
    std::string address;
    std::uint64_t epoch = 0;
};

Error Conflict(std::string reason, std::string message)
{
    return Fail(ErrorCode::kConflict, std::move(reason), std::move(message));
}

Error NotTheHolder(std::string reason, std::string message)
{
    return Fail(ErrorCode::kAborted, std::move(reason), std::move(message));
}

Result<Held> TakeLease(pqxx::work& tx, const std::string& operator_id, const std::string& worker,
                       const v1::WalletReport& report)
{
    const auto rows = tx.exec_params(kLock, operator_id, report.address());
    if (rows.empty()) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_WALLET", "You have no such wallet.");
    }
    const auto epoch = rows[0]["epoch"].as<std::uint64_t>();
    const bool own = rows[0]["worker"].as<std::string>() == worker;
    const Held held{.operator_id = operator_id, .address = report.address(), .epoch = epoch};
    if (report.epoch() == 0) {
        if (rows[0]["leased"].as<bool>() && !own) {
            return NotTheHolder("WALLET_LEASED_ELSEWHERE", "Another worker holds this wallet.");
        }
        return Held{operator_id, report.address(), epoch + 1};
    }
    if (report.epoch() != epoch || !own) {
        return NotTheHolder("STALE_WALLET_EPOCH", "This wallet was leased again since.");
    }
    return held;
}

std::vector<std::uint64_t> MessagesIn(pqxx::work& tx, const Held& wallet, const std::string& hash)
{
    std::vector<std::uint64_t> messages;
    for (const auto& row : tx.exec_params(kMessagesOf, wallet.operator_id, hash)) {
        messages.push_back(row[0].as<std::uint64_t>());
    }
    return messages;
}

/// The sequence as a text; nothing for an unordered transaction. Only one open transaction has it.
Result<std::optional<std::string>> FreeSequence(pqxx::work& tx, const Held& wallet,
                                                const v1::WalletTransaction& made)
{
    if (made.has_sequence() != (made.timeout_height() > 0)) {
        return Fail(ErrorCode::kInvalid, "BAD_TRANSACTION",
                    "A sequence and the last height belong together.");
    }
    if (!made.has_sequence()) return std::optional<std::string>{};
    const auto sequence = std::to_string(made.sequence());
    if (!tx.exec_params(kSequenceTaken, wallet.operator_id, wallet.address, sequence).empty()) {
        return Conflict("SEQUENCE_TAKEN", "Another transaction under way has this sequence.");
    }
    return std::optional{sequence};
}

Result<void> RecordSigned(pqxx::work& tx, const Held& wallet, const v1::WalletTransaction& made)
{
    const auto fee = money::Amount::Parse(made.fee_uakt().empty() ? "0" : made.fee_uakt());
    if (!fee || *fee > kFeeUaktMax || made.hash().empty() || made.signed_bytes().empty()) {
        return Fail(ErrorCode::kInvalid, "BAD_TRANSACTION",
                    "Hash, bytes and a possible fee have to be given.");
    }
    const std::vector<std::uint64_t> messages{made.messages().begin(), made.messages().end()};
    if (!AllPending(tx, wallet.operator_id, wallet.address, messages)) {
        return Conflict("MESSAGE_TAKEN", "A message of this transaction is not free to be sent.");
    }
    const auto sequence = FreeSequence(tx, wallet, made);
    if (!sequence) return sequence.error();
    tx.exec_params0(kAddTransaction, wallet.operator_id, made.hash(), wallet.address, wallet.epoch,
                    db::ToBytes(made.signed_bytes()), made.timeout(), fee->ToString(), *sequence,
                    made.timeout_height());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        tx.exec_params0(kAddTransactionMessage, wallet.operator_id, made.hash(), i, messages[i]);
    }
    MarkSigned(tx, wallet.operator_id, messages, made.hash());
    return {};
}

/// The message that a failed transaction names, if it names one.
std::optional<std::size_t> GuiltyMessage(const std::string& error, std::size_t count)
{
    constexpr std::string_view kMark = "message index: ";
    if (count == 1) return 0;
    const auto at = error.find(kMark);
    if (at == std::string::npos) return std::nullopt;
    std::size_t index = 0;
    std::from_chars(error.data() + at + kMark.size(), error.data() + error.size(), index);
    return index < count ? std::optional{index} : std::nullopt;
}

Fate FateOf(const v1::WalletTransaction& made, std::optional<std::size_t> guilty, std::size_t index)
{
    if (made.state() == "expired" || (made.state() == "failed" && guilty && *guilty != index)) {
        return {.state = "pending"};
    }
    return {.state = made.state(),
            .height = made.height(),
            .codespace = made.codespace(),
            .code = made.code(),
            .error = made.error()};
}

std::string OrderOf(const std::string& job_id)
{
    constexpr std::size_t kOrderIdLength = 26;
    return job_id.size() > kOrderIdLength && job_id[kOrderIdLength] == '-'
               ? job_id.substr(0, kOrderIdLength)
               : std::string{};
}

/// Records what became of a transaction, once. True where it was not known before.
Result<bool> RecordFate(pqxx::work& tx, const Held& wallet, const v1::WalletTransaction& made)
{
    const auto rows =
        tx.exec_params(kLockTransaction, wallet.operator_id, made.hash(), wallet.address);
    if (rows.empty()) {
        return Conflict("UNKNOWN_TRANSACTION", "It was not recorded before it was sent.");
    }
    if (rows[0]["state"].as<std::string>() != "signed") return false;
    tx.exec_params0(kSettleTransaction, wallet.operator_id, made.hash(), made.state(),
                    made.height(), made.codespace(), made.code(), made.error());
    const auto messages = MessagesIn(tx, wallet, made.hash());
    const auto guilty = GuiltyMessage(made.error(), messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        Settle(tx, wallet.operator_id, messages[i], FateOf(made, guilty, i));
    }
    return true;
}

/// Messages that the chain's simulation refused were never signed: what still waits has failed.
Result<void> RecordRefused(pqxx::work& tx, const Held& wallet, const v1::WalletTransaction& refused)
{
    if (refused.messages().empty()) {
        return Fail(ErrorCode::kInvalid, "BAD_TRANSACTION", "The messages have to be given.");
    }
    for (const auto message : refused.messages()) {
        if (!AllPending(tx, wallet.operator_id, wallet.address, {message})) continue;
        Settle(tx, wallet.operator_id, message, FateOf(refused, std::nullopt, 0));
    }
    return {};
}

Result<void> RecordTransaction(pqxx::work& tx, const Held& wallet,
                               const v1::WalletTransaction& made, WalletExchange& exchange)
{
    if (made.state() == "signed") {
        const auto known =
            tx.exec_params(kLockTransaction, wallet.operator_id, made.hash(), wallet.address);
        return known.empty() ? RecordSigned(tx, wallet, made) : Result<void>{};
    }
    if (made.state() != "committed" && made.state() != "failed" && made.state() != "expired") {
        return Fail(ErrorCode::kInvalid, "BAD_TRANSACTION",
                    "The state is none of a transaction's.");
    }
    if (made.state() == "failed" && made.hash().empty()) return RecordRefused(tx, wallet, made);
    const auto is_news = RecordFate(tx, wallet, made);
    if (!is_news) return is_news.error();
    if (!*is_news) return {};
    if (auto settled = FindSettled(tx, wallet.operator_id, made.hash())) {
        exchange.settled.push_back(std::move(*settled));
    }
    return {};
}

std::string BalancesAsJson(const v1::WalletReport& report)
{
    boost::json::object balances;
    for (const auto& balance : report.balances()) balances[balance.denom()] = balance.amount();
    return boost::json::serialize(balances);
}

void AddUnresolved(pqxx::work& tx, const Held& wallet, v1::WalletOrders& orders)
{
    for (const auto& row : tx.exec_params(kUnresolved, wallet.operator_id, wallet.address)) {
        auto& made = *orders.add_unresolved();
        made.set_hash(row["hash"].as<std::string>());
        made.set_signed_bytes(db::ReadBytes(row["signed_bytes"]));
        made.set_timeout(row["timeout"].as<std::int64_t>());
        made.set_fee_uakt(row["fee_uakt"].as<std::string>());
        made.set_state("signed");
        if (!row["sequence"].is_null()) made.set_sequence(row["sequence"].as<std::uint64_t>());
        made.set_timeout_height(row["timeout_height"].as<std::int64_t>());
        for (const auto id : MessagesIn(tx, wallet, made.hash())) made.add_messages(id);
    }
}

}  // namespace

Result<WalletExchange> ExchangeWallet(pqxx::work& tx, const std::string& operator_id,
                                      const std::string& worker, const v1::WalletReport& report,
                                      const Settings& settings)
{
    const auto wallet = TakeLease(tx, operator_id, worker, report);
    if (!wallet) return wallet.error();
    WalletExchange exchange;
    for (const auto& made : report.transactions()) {
        const auto recorded = RecordTransaction(tx, *wallet, made, exchange);
        if (!recorded) return recorded.error();
    }
    tx.exec_params0(kReport, operator_id, report.address(), report.ready(),
                    report.not_ready_because(), BalancesAsJson(report), report.unordered_refused());
    auto& orders = exchange.orders;
    orders.set_address(report.address());
    if (report.release()) {
        tx.exec_params0(kRelease, operator_id, report.address());
        return exchange;
    }
    const auto leased = tx.exec_params1(kLease, operator_id, report.address(), wallet->epoch,
                                        worker, settings.wallet_lease.count());
    orders.set_epoch(wallet->epoch);
    orders.set_ordered(leased["ordered"].as<bool>());
    orders.set_leased_until(db::ReadTime(leased[0]).time_since_epoch().count());
    for (auto& message : PendingOf(tx, operator_id, report.address())) {
        *orders.add_pending() = std::move(message);
    }
    AddUnresolved(tx, *wallet, orders);
    return exchange;
}

std::optional<SettledTransaction> FindSettled(pqxx::work& tx, const std::string& operator_id,
                                              const std::string& hash)
{
    const auto rows = tx.exec_params(kSettled, operator_id, hash);
    if (rows.empty()) return std::nullopt;
    SettledTransaction settled{.hash = hash,
                               .wallet = rows[0]["wallet"].as<std::string>(),
                               .height = rows[0]["height"].as<std::int64_t>(),
                               .order_ids = {}};
    for (const auto& row : rows) {
        auto order_id = OrderOf(row["job_id"].as<std::string>());
        if (!order_id.empty()) settled.order_ids.push_back(std::move(order_id));
    }
    return settled;
}

std::optional<std::string> ChooseReadyWallet(pqxx::work& tx, const std::string& operator_id)
{
    const auto rows = tx.exec_params(kChooseReady, operator_id);
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

}  // namespace berth::queue
