#include "akash/cli_signer.hpp"

#include <boost/json.hpp>

#include "akash/cli_output.hpp"
#include "akash/transaction_json.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kTimeout = 290s;  // The chain takes ten minutes, this design five at most.
constexpr std::uint64_t kProvisionalGas = 200'000;  // A message; only pays for its own simulation.
constexpr std::size_t kMessagesMax = 100;

/// What the chain's own simulation said against a transaction.
Error SimulationFailed(const std::string& codespace, int code, const std::string& text)
{
    const auto verdict = Judge(codespace, code, text);
    if (verdict == ChainVerdict::kUseSequence) {
        return Fail(ErrorCode::kPrecondition, "UNORDERED_REFUSED",
                    "The node takes no unordered transactions: " + text);
    }
    if (verdict == ChainVerdict::kRebuild && text.find("sequence") != text.npos) {
        return Fail(ErrorCode::kConflict, "SEQUENCE_MISMATCH", text);
    }
    const auto funds = text.find("insufficient balance") != text.npos ||
                       text.find("insufficient funds") != text.npos;
    return Fail(ErrorCode::kPrecondition, funds ? "INSUFFICIENT_FUNDS" : "SIMULATION_FAILED",
                codespace + "/" + std::to_string(code) + ": " + text);
}

Error Garbage(const std::string& what) { return Fail(ErrorCode::kInternal, "NODE_GARBAGE", what); }

/// True where no connection to the node came about.
bool NeverArrived(const std::string& text)
{
    return text.find("connection refused") != text.npos || text.find("no such host") != text.npos;
}

Result<BroadcastAnswer> ReadBroadcast(const Result<CommandOutput>& output)
{
    if (!output) return output.error();
    if (output->exit_code != 0) return Garbage(ErrorText(*output));
    const auto parsed = ParseOutput(*output);
    if (!parsed) return parsed.error();
    return ReadFields(*parsed, [](const Fields& fields) {
        return BroadcastAnswer{.hash = fields.at("txhash").text(),
                               .codespace = fields.at("codespace").text(),
                               .code = static_cast<int>(fields.at("code").unsigned32()),
                               .raw_log = fields.at("raw_log").text()};
    });
}

}  // namespace

Result<CommandOutput> CliSigner::RunLocal(std::vector<std::string> argv, const std::string& in,
                                          Deadline deadline)
{
    argv.insert(argv.begin(), programs_.akash);
    argv.insert(argv.end(),
                {"--home", programs_.home, "--keyring-backend", programs_.keyring_backend});
    Command command{.argv = std::move(argv), .environment = {}, .stdin_bytes = in, .directory = {}};
    auto output = runner_.Run(command, deadline.AtMost(programs_.query_limit));
    if (!output && output.error().code == ErrorCode::kUnknown) {
        return Fail(ErrorCode::kTimeout, "COMMAND_TIMED_OUT", output.error().message);
    }
    return output;
}

Result<std::string> CliSigner::Address(Deadline deadline)
{
    {
        const std::scoped_lock lock{mutex_};
        if (!address_.empty()) return address_;
    }
    const auto output = RunLocal({"keys", "show", programs_.from, "-a"}, {}, deadline);
    if (!output) return output.error();
    auto address = output->out;
    while (address.ends_with('\n')) address.pop_back();
    if (output->exit_code != 0 || !address.starts_with("akash1") ||
        address.find_first_of(" \n\t") != address.npos) {
        return Fail(ErrorCode::kPrecondition, "KEY_MISSING",
                    "The keyring has no key " + programs_.from + ": " + ErrorText(*output));
    }
    const std::scoped_lock lock{mutex_};
    return address_ = address;
}

Result<std::uint64_t> CliSigner::AccountNumber(Deadline deadline)
{
    {
        const std::scoped_lock lock{mutex_};
        if (account_number_) return *account_number_;
    }
    const auto address = Address(deadline);
    if (!address) return address.error();
    const auto account = reader_.GetAccount(*address, deadline);
    if (!account) return account.error();
    if (!*account) {
        return Fail(ErrorCode::kPrecondition, "INSUFFICIENT_FUNDS",
                    "The wallet " + *address + " never held anything on this chain.");
    }
    const std::scoped_lock lock{mutex_};
    account_number_ = (*account)->number;
    return *account_number_;
}

Time CliSigner::UniqueTimeout()
{
    const std::scoped_lock lock{mutex_};
    // The random part keeps it unique over a restart within the same moment.
    const auto random = RandomBytes(2);
    const auto jitter =
        static_cast<unsigned char>(random[0]) * 256 + static_cast<unsigned char>(random[1]);
    const auto wished = clock_.Now() + kTimeout + std::chrono::microseconds{jitter};
    last_timeout_ = std::max(wished, last_timeout_ + 1us);
    return last_timeout_;
}

TransactionFee CliSigner::FeeOf(std::uint64_t gas) const
{
    const auto price_e18 = ParseDec18(programs_.gas_price);
    const auto price = price_e18 ? *price_e18 : money::Amount{0};
    const auto one_e18 = *ParseDec18("1");
    return {.gas = gas,
            .amount = money::MulDiv(money::Amount{static_cast<std::int64_t>(gas)}, price, one_e18,
                                    money::Rounding::kCeil),
            .denom = programs_.gas_denom};
}

Result<std::string> CliSigner::SignJson(const std::string& unsigned_json, std::uint64_t sequence,
                                        Deadline deadline)
{
    const auto account_number = AccountNumber(deadline);
    if (!account_number) return account_number.error();
    const auto output =
        RunLocal({"tx", "sign", "-", "--from", programs_.from, "--chain-id", programs_.chain_id,
                  "--offline", "--account-number", std::to_string(*account_number), "--sequence",
                  std::to_string(sequence)},
                 unsigned_json, deadline);
    if (!output) return output.error();
    if (output->exit_code != 0) {
        return Fail(ErrorCode::kPrecondition, "KEY_MISSING", "Not signed: " + ErrorText(*output));
    }
    const auto parsed = ParseOutput(*output);
    if (!parsed) return parsed.error();
    const auto count =
        ReadFields(*parsed, [](const Fields& tx) { return tx.at("signatures").list().size(); });
    if (!count || *count != 1) return Garbage("The signed transaction has no signature.");
    return json::serialize(*parsed);
}

Result<CommandOutput> CliSigner::RunBroadcast(const std::string& signed_json,
                                              const std::string& node,
                                              std::vector<std::string> flags, Deadline deadline)
{
    Command command;
    command.argv = {programs_.akash,
                    "tx",
                    "broadcast",
                    "-",
                    "--home",
                    programs_.home,
                    "--keyring-backend",
                    programs_.keyring_backend,
                    "--chain-id",
                    programs_.chain_id,
                    "--node",
                    node,
                    "-o",
                    "json"};
    command.argv.insert(command.argv.end(), flags.begin(), flags.end());
    command.stdin_bytes = signed_json;
    return runner_.Run(command, deadline.AtMost(programs_.broadcast_limit));
}

Result<std::uint64_t> CliSigner::Simulate(const std::string& signed_json, Deadline deadline)
{
    Error last = Fail(ErrorCode::kUnavailable, "NODE_UNAVAILABLE", "No node was asked.");
    for (const auto& node : programs_.nodes) {
        const auto output = RunBroadcast(signed_json, node, {"--dry-run"}, deadline);
        if (!output) {
            last = Fail(ErrorCode::kTimeout, "NODE_TIMEOUT", output.error().message);
            continue;
        }
        if (output->exit_code != 0) {
            const auto text = ErrorText(*output);
            if (text.find("code = Unknown") != text.npos)
                return SimulationFailed("undefined", 1, text);
            last = Fail(ErrorCode::kUnavailable, "NODE_UNAVAILABLE", text);
            continue;
        }
        const auto parsed = ParseOutput(*output);
        if (!parsed) {
            last = parsed.error();
            continue;
        }
        const auto answer = ReadFields(*parsed, [](const Fields& fields) {
            return std::tuple{fields.at("codespace").text(), fields.at("code").unsigned32(),
                              fields.at("raw_log").text(), fields.at("gas_used").unsigned64()};
        });
        if (!answer) return answer.error();
        const auto& [codespace, code, raw_log, gas_used] = *answer;
        if (code != 0) return SimulationFailed(codespace, static_cast<int>(code), raw_log);
        if (gas_used == 0) return Garbage("The simulation used no gas.");
        return gas_used;
    }
    return last;
}

Result<std::string> CliSigner::HashOf(const std::string& signed_json, Deadline deadline)
{
    const auto output = RunLocal({"tx", "encode", "-"}, signed_json, deadline);
    if (!output) return output.error();
    auto text = output->out;
    while (text.ends_with('\n')) text.pop_back();
    const auto bytes = FromBase64(text);
    if (output->exit_code != 0 || !bytes || bytes->empty()) {
        return Garbage("The transaction was not encoded: " + ErrorText(*output));
    }
    auto hash = ToHex(Sha256(*bytes));
    for (auto& c : hash) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return hash;
}

Result<SignedTransaction> CliSigner::Sign(const std::vector<std::string>& messages,
                                          const std::optional<OrderedPlace>& place,
                                          Deadline deadline)
{
    if (messages.empty() || messages.size() > kMessagesMax) {
        return Fail(ErrorCode::kInvalid, "BAD_MESSAGES", "A transaction has 1 to 100 messages.");
    }
    TransactionBody body{.messages = {}, .timeout = UniqueTimeout(), .place = place};
    for (const auto& message : messages) {
        auto parsed = ParseJsonStrict(message, {.bytes = 1 << 20, .depth = 64});
        if (!parsed) return parsed.error();
        body.messages.push_back(std::move(*parsed));
    }
    const auto sign = [&](const TransactionFee& fee) {
        return SignJson(UnsignedJson(body, fee), place ? place->sequence : 0, deadline);
    };
    const auto provisional = sign(FeeOf(kProvisionalGas * messages.size()));
    if (!provisional) return provisional.error();
    const auto gas_used = Simulate(*provisional, deadline);
    if (!gas_used) return gas_used.error();
    const auto percent = static_cast<std::uint64_t>(programs_.gas_adjustment_percent);
    const auto fee = FeeOf((*gas_used * percent + 99) / 100);
    auto final_json = sign(fee);
    if (!final_json) return final_json.error();
    auto hash = HashOf(*final_json, deadline);
    if (!hash) return hash.error();
    return SignedTransaction{.json = std::move(*final_json),
                             .hash = std::move(*hash),
                             .timeout = body.timeout,
                             .fee_uakt = fee.amount,
                             .place = place};
}

Result<BroadcastAnswer> CliSigner::Broadcast(const SignedTransaction& transaction,
                                             Deadline deadline)
{
    Error last = Fail(ErrorCode::kUnknown, "BROADCAST_UNKNOWN", "No node was asked.");
    bool may_have_arrived = false;              // At a node that did not say so.
    for (const auto& node : programs_.nodes) {  // The same bytes twice do no harm.
        const auto output = RunBroadcast(transaction.json, node, {"-b", "sync"}, deadline);
        const auto answer = ReadBroadcast(output);
        if (answer && answer->hash == transaction.hash) {
            const bool lasting =
                answer->code == 0 ||
                Judge(answer->codespace, answer->code, answer->raw_log) == ChainVerdict::kLookUp;
            if (lasting || !may_have_arrived) return *answer;
            last.message = "A node refused what another one may have taken: " + answer->raw_log;
            continue;
        }
        last.message = answer ? "The node answered for another hash." : answer.error().message;
        may_have_arrived = may_have_arrived || answer || !NeverArrived(last.message);
        if (deadline.Passed()) break;
    }
    return last;
}

}  // namespace berth::akash
