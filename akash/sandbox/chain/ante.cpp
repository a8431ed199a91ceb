// What the chain checks of a transaction before its messages run.
#include <ctime>
#include <iomanip>
#include <sstream>

#include <boost/json.hpp>

#include "akash/sandbox/chain/chain.hpp"
#include "akash/sandbox/chain/keys.hpp"
#include "akash/sandbox/chain/message_run.hpp"
#include "akash/sandbox/chain/messages.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kLeastGas = 41'000;
constexpr std::int64_t kNanosecond = 1'000'000'000;
constexpr std::int64_t kUnorderedTtl = 600 * kNanosecond;
constexpr std::size_t kMemoMax = 256;

/// As Go prints a time: `2026-11-23 18:59:18.023254668 +0000 UTC`.
std::string GoTime(std::int64_t time_ns)
{
    const std::time_t seconds = time_ns / kNanosecond;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::ostringstream out;
    out << std::put_time(&parts, "%Y-%m-%d %H:%M:%S");
    if (const auto rest = time_ns % kNanosecond; rest != 0) {
        auto digits = std::to_string(rest + kNanosecond).substr(1);
        while (digits.ends_with('0')) digits.pop_back();
        out << '.' << digits;
    }
    out << " +0000 UTC";
    return out.str();
}

}  // namespace

Chain::Ante Chain::ReadAnte(const json::value& tx) const
{
    const auto& body = tx.at("body");
    const auto& fee = tx.at("auth_info").at("fee");
    const auto& messages = body.at("messages").as_array();
    if (messages.empty())
        throw Refusal{"sdk", 18, "must contain at least one message: invalid request"};
    Ante ante;
    ante.signer = SignerOf(messages.front());
    ante.gas_wanted = MessageNumber(fee.at("gas_limit"));
    for (const auto& coin : fee.at("amount").as_array()) {
        const auto amount = Amount::Parse(MessageText(coin.at("amount")));
        if (!amount || coin.at("denom") != "uakt") throw Refusal{"sdk", 13, "insufficient fee"};
        ante.fee += *amount;
    }
    const auto& signers = tx.at("auth_info").at("signer_infos").as_array();
    if (!signers.empty()) ante.sequence = MessageNumber(signers.front().at("sequence"));
    ante.unordered = body.at("unordered").as_bool();
    if (!body.at("timeout_timestamp").is_null()) {
        ante.timeout_ns = ParseNanoseconds(MessageText(body.at("timeout_timestamp")));
    }
    return ante;
}

void Chain::CheckTimeout(const Ante& ante, std::int64_t time_ns)
{
    if (ante.timeout_ns == 0 || time_ns <= ante.timeout_ns) return;
    throw Refusal{"sdk", 42,
                  "block time: " + GoTime(time_ns) +
                      ", timeout timestamp: " + GoTime(ante.timeout_ns) + ": tx timeout"};
}

void Chain::CheckFields(const Ante& ante) const
{
    if (unordered_ != UnorderedSupport::kUnknown) return;
    for (const auto& [is_set, field] : {std::pair{ante.unordered, "TagNum: 4, WireType:\"varint\""},
                                        {ante.timeout_ns != 0, "TagNum: 5, WireType:\"bytes\""}}) {
        if (!is_set) continue;
        throw Refusal{"sdk", 2,
                      "errUnknownField \"/cosmos.tx.v1beta1.TxBody\": {" + std::string{field} +
                          "}: tx parse error"};
    }
}

void Chain::CheckEnvelope(const json::value& tx, const Ante& ante, std::int64_t time_ns) const
{
    const auto& body = tx.at("body");
    for (const auto& message : body.at("messages").as_array()) {
        if (SignerOf(message) != ante.signer) {
            throw Refusal{"sdk", 4, "wrong number of signers: unauthorized"};
        }
    }
    CheckTimeout(ante, time_ns);
    if (const auto limit = MessageNumber(body.at("timeout_height"));
        limit != 0 && static_cast<std::int64_t>(limit) < height_) {
        throw Refusal{"sdk", 30,
                      "block height: " + std::to_string(height_) +
                          ", timeout height: " + std::to_string(limit) + ": tx timeout height"};
    }
    if (const auto memo = MessageText(body.at("memo")); memo.size() > kMemoMax) {
        throw Refusal{"sdk", 12,
                      "maximum number of characters is 256 but received " +
                          std::to_string(memo.size()) + " characters: memo too large"};
    }
    if (ante.gas_wanted < kLeastGas) {
        throw Refusal{"sdk", 11,
                      "out of gas in location: ReadPerByte; gasWanted: " +
                          std::to_string(ante.gas_wanted) + ", gasUsed: " +
                          std::to_string(std::max<std::uint64_t>(ante.gas_wanted + 33, 1000)) +
                          ": out of gas"};
    }
}

void Chain::CheckFee(const Ante& ante) const
{
    const Amount required{
        static_cast<std::int64_t>((ante.gas_wanted + 399) / 400)};  // 0.0025 a gas
    if (ante.fee < required) {
        const auto got = ante.fee == Amount{} ? "" : ante.fee.ToString() + "uakt";
        throw Refusal{"sdk", 13,
                      "insufficient fees; got: " + got + " required: " + required.ToString() +
                          "uakt: insufficient fee"};
    }
    const auto balance = state_.Balance(ante.signer, "uakt");
    if (balance < ante.fee) {
        throw Refusal{"sdk", 5,
                      "spendable balance " + balance.ToString() + "uakt is smaller than " +
                          ante.fee.ToString() + "uakt: insufficient funds: insufficient funds"};
    }
}

void Chain::CheckOrder(const Ante& ante, const AccountState& account, std::int64_t time_ns) const
{
    if (!ante.unordered) {
        const auto pending = next_sequences_.find(ante.signer);
        const auto expected = pending == next_sequences_.end() ? account.sequence : pending->second;
        if (ante.sequence == expected) return;
        throw Refusal{"sdk", 32,
                      "account sequence mismatch, expected " + std::to_string(expected) + ", got " +
                          std::to_string(ante.sequence) + ": incorrect account sequence"};
    }
    if (unordered_ == UnorderedSupport::kRefused) {
        throw Refusal{"sdk", 37, "unordered transactions are not enabled: feature not supported"};
    }
    if (ante.sequence != 0) {
        throw Refusal{"sdk", 18,
                      "sequence is not allowed for unordered transactions: invalid request"};
    }
    if (ante.timeout_ns <= 0) {
        throw Refusal{"sdk", 18,
                      "unordered transaction must have timeout_timestamp set: invalid request"};
    }
    if (ante.timeout_ns > time_ns + kUnorderedTtl) {
        throw Refusal{"sdk", 18, "unordered tx ttl exceeds 10m0s: invalid request"};
    }
    const std::pair nonce{ante.signer, ante.timeout_ns};
    if (state_.used_timeouts.contains(nonce) || pending_timeouts_.contains(nonce)) {
        throw Refusal{
            "sdk", 18,
            "already used timeout " + std::to_string(ante.timeout_ns) + ": invalid request"};
    }
}

void Chain::CheckSignature(const json::value& tx, const EncodedTx& encoded, const Ante& ante) const
{
    const auto& signatures = tx.at("signatures").as_array();
    const auto& signers = tx.at("auth_info").at("signer_infos").as_array();
    if (signatures.empty() || signers.empty()) {
        throw Refusal{"sdk", 15, "no signatures supplied"};
    }
    const auto account = state_.accounts.find(ante.signer);
    if (account == state_.accounts.end()) {
        throw Refusal{"sdk", 9, "account " + ante.signer + " does not exist: unknown address"};
    }
    CheckOrder(ante, account->second, time_ns_);
    const auto pubkey =
        FromBase64(MessageText(signers.front().at("public_key").at("key"))).value_or("");
    const auto signature = FromBase64(MessageText(signatures.front())).value_or("");
    const auto number = restarted_ ? 0 : account->second.number;
    const auto message = SignBytes(encoded, chain_id_, number);
    if (AddressOf(pubkey) != ante.signer || !VerifyMessage(pubkey, message, signature)) {
        throw Refusal{"sdk", 4,
                      "signature verification failed; please verify account number (" +
                          std::to_string(number) + ") and chain-id (" + chain_id_ +
                          "): (unable to verify single signer signature): "
                          "unauthorized"};
    }
}

}  // namespace berth::sandbox
