#include "akash/sandbox/chain/chain.hpp"

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/messages.hpp"
#include "core/base/assert.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kAnteGas = 44'000;
constexpr const char* kFeeCollector = "akash17xpfvakm2amg962yls6f84z3kell8c5lazw8j8";

std::string Text(const json::value& value)
{
    const auto& text = value.as_string();
    return std::string{text.data(), text.size()};
}

std::uint64_t Number(const json::value& value)
{
    return value.is_string() ? std::stoull(Text(value)) : value.to_number<std::uint64_t>();
}

TxResult Refused(const Refusal& refusal, std::uint64_t gas_wanted, std::uint64_t gas_used)
{
    return {.codespace = refusal.codespace,
            .code = refusal.code,
            .raw_log = refusal.text,
            .gas_wanted = gas_wanted,
            .gas_used = gas_used,
            .events = {}};
}

std::string ModuleOf(const std::string& type)
{
    return type.substr(type.find('.') + 1).substr(0, type.substr(type.find('.') + 1).find('.'));
}

}  // namespace

const StoredTx* Chain::FindTx(const std::string& hash) const
{
    const auto found = txs_.find(hash);
    return found == txs_.end() ? nullptr : &found->second;
}

const StoredTx* Chain::FindTx(const std::string& address, std::uint64_t sequence) const
{
    for (const auto& [hash, stored] : txs_) {
        const auto ante = ReadAnte(stored.tx);
        if (!ante.unordered && ante.signer == address && ante.sequence == sequence) return &stored;
    }
    return nullptr;
}

const BlockRecord* Chain::BlockAt(std::int64_t height) const
{
    const bool is_known = height > 0 && height <= height_;
    return is_known ? &blocks_[static_cast<std::size_t>(height - 1)] : nullptr;
}

bool Chain::IsPending(const std::string& hash) const { return pending_hashes_.contains(hash); }

TxResult Chain::Submit(const json::value& tx, const EncodedTx& encoded)
{
    if (pending_hashes_.contains(encoded.hash) || txs_.contains(encoded.hash)) {
        return {.codespace = "sdk", .code = 19, .raw_log = "", .events = {}};
    }
    Ante ante;
    try {
        ante = ReadAnte(tx);
        CheckFields(ante);
        CheckEnvelope(tx, ante, time_ns_);
        CheckFee(ante);
        CheckSignature(tx, encoded, ante);
    } catch (const Refusal& refusal) {
        return Refused(refusal, 0, 0);
    }
    if (ante.unordered) {
        pending_timeouts_.emplace(ante.signer, ante.timeout_ns);
    } else {
        next_sequences_[ante.signer] = ante.sequence + 1;
    }
    pending_hashes_.insert(encoded.hash);
    queue_.push_back({{"tx", tx}, {"hash", encoded.hash}});
    return {};
}

TxResult Chain::RunMessages(ChainState& state, const json::value& tx, std::int64_t height) const
{
    TxResult result;
    result.gas_used = kAnteGas;
    std::size_t index = 0;
    const auto& messages = tx.at("body").at("messages").as_array();
    try {
        for (; index < messages.size(); ++index) {
            const auto first = result.events.size();
            const auto type = Text(messages[index].at("@type"));
            result.events.push_back({"message",
                                     {{"action", type},
                                      {"sender", SignerOf(messages[index])},
                                      {"module", ModuleOf(type)}}});
            RunMessage(state, messages[index], height, result.events);
            result.gas_used += GasOf(messages[index]);
            for (auto i = first; i < result.events.size(); ++i) {
                result.events[i].attributes.emplace_back("msg_index", std::to_string(index));
            }
        }
    } catch (const Refusal& refusal) {
        return Refused({refusal.codespace, refusal.code,
                        "failed to execute message; message index: " + std::to_string(index) +
                            ": " + refusal.text},
                       0, result.gas_used + 4'000);
    }
    return result;
}

TxResult Chain::Simulate(const json::value& tx) const
{
    try {
        const auto ante = ReadAnte(tx);
        CheckFields(ante);
        const auto account = state_.accounts.find(ante.signer);
        if (account == state_.accounts.end()) {
            throw Refusal{"sdk", 9, "account " + ante.signer + " does not exist: unknown address"};
        }
        if (!ante.unordered || unordered_ != UnorderedSupport::kYes) {
            CheckOrder(ante, account->second, time_ns_);
        }
        auto copy = state_;
        auto result = RunMessages(copy, tx, height_);
        result.gas_wanted = ante.gas_wanted;
        return result;
    } catch (const Refusal& refusal) {
        return Refused(refusal, 0, 38'100);
    }
}

TxResult Chain::Deliver(const json::value& tx)
{
    const auto ante = ReadAnte(tx);
    try {
        CheckTimeout(ante, time_ns_);
    } catch (const Refusal& refusal) {
        return Refused(refusal, ante.gas_wanted, 0);
    }
    if (state_.Balance(ante.signer, "uakt") < ante.fee) {
        return Refused({"sdk", 5, "insufficient funds"}, ante.gas_wanted, 0);
    }
    state_.Add(ante.signer, "uakt", -ante.fee);
    state_.Add(kFeeCollector, "uakt", ante.fee);
    auto& account = state_.Account(ante.signer);
    const auto& signer_info = tx.at("auth_info").at("signer_infos").as_array().front();
    account.pubkey = Text(signer_info.at("public_key").at("key"));
    if (ante.unordered) {
        state_.used_timeouts.emplace(ante.signer, ante.timeout_ns);
    } else {
        account.sequence = ante.sequence + 1;
    }
    const auto fee = ante.fee.ToString() + "uakt";
    std::vector<Event> events{
        {"coin_spent", {{"spender", ante.signer}, {"amount", fee}}},
        {"coin_received", {{"receiver", kFeeCollector}, {"amount", fee}}},
        {"transfer", {{"recipient", kFeeCollector}, {"sender", ante.signer}, {"amount", fee}}},
        {"message", {{"sender", ante.signer}}},
        {"tx", {{"fee", fee}, {"fee_payer", ante.signer}}},
        {"tx", {{"signature", Text(tx.at("signatures").as_array().front())}}}};
    if (!ante.unordered) {
        events.push_back({"tx", {{"acc_seq", ante.signer + "/" + std::to_string(ante.sequence)}}});
    }
    auto copy = state_;
    auto result = RunMessages(copy, tx, height_);
    if (result.code == 0 && result.gas_used > ante.gas_wanted) {
        result = Refused(
            {"sdk", 11,
             "out of gas in location: WriteFlat; gasWanted: " + std::to_string(ante.gas_wanted) +
                 ", gasUsed: " + std::to_string(ante.gas_wanted + 1131) + ": out of gas"},
            0, ante.gas_wanted + 1131);
    }
    result.gas_wanted = ante.gas_wanted;
    if (result.code == 0) state_ = std::move(copy);
    events.insert(events.end(), result.events.begin(), result.events.end());
    result.events = std::move(events);
    return result;
}

void Chain::Enqueue(json::object operation) { queue_.push_back(std::move(operation)); }

json::value Chain::NextBlock(std::int64_t time_ns) const
{
    json::array operations;
    for (const auto& operation : queue_) operations.push_back(operation);
    return json::object{{"height", height_ + 1}, {"time_ns", time_ns}, {"operations", operations}};
}

void Chain::ApplyOperation(const json::object& operation)
{
    if (const auto* tx = operation.if_contains("tx")) {
        const auto hash = Text(operation.at("hash"));
        txs_[hash] = {.tx = *tx,
                      .hash = hash,
                      .result = Deliver(*tx),
                      .height = height_,
                      .time_ns = time_ns_};
        blocks_.back().hashes.push_back(hash);
    } else if (const auto* faucet = operation.if_contains("faucet")) {
        const auto denom = Text(faucet->at("denom"));
        const auto amount = *Amount::Parse(Text(faucet->at("amount")));
        state_.Add(Text(faucet->at("address")), denom, amount);
        state_.supply[denom] += amount;
    } else if (const auto* provider = operation.if_contains("provider")) {
        ProviderState added{.address = Text(provider->at("address")),
                            .host_uri = Text(provider->at("host_uri")),
                            .attributes = {}};
        for (const auto& one : provider->at("attributes").as_array()) {
            added.attributes.emplace_back(Text(one.at("key")), Text(one.at("value")));
        }
        state_.providers[added.address] = added;
    } else if (const auto* bid = operation.if_contains("bid")) {
        const BidState placed{.id = ReadLeaseId(bid->at("id")),
                              .price = {.denom = Text(bid->at("denom")),
                                        .amount_e18 = *akash::ParseDec18(Text(bid->at("price")))},
                              .created_at = height_,
                              .escrow = {}};
        PlaceBid(state_, placed, "uact", Amount{500'000});
    } else if (const auto* withdraw = operation.if_contains("withdraw")) {
        auto* deployment = state_.Deployment(ReadDeploymentId(*withdraw));
        if (deployment && deployment->state == "active")
            WithdrawLeases(state_, *deployment, height_);
    }
}

void Chain::Apply(const json::value& block)
{
    BERTH_ASSERT(static_cast<std::int64_t>(Number(block.at("height"))) == height_ + 1);
    ++height_;
    restarted_ = false;
    time_ns_ = static_cast<std::int64_t>(Number(block.at("time_ns")));
    blocks_.push_back({.time_ns = time_ns_, .hashes = {}});
    for (const auto& operation : block.at("operations").as_array()) {
        ApplyOperation(operation.as_object());
        if (!queue_.empty()) queue_.pop_front();
    }
    pending_hashes_.clear();
    next_sequences_.clear();
    pending_timeouts_.clear();
    std::erase_if(state_.used_timeouts, [&](const auto& used) { return used.second < time_ns_; });
}

}  // namespace berth::sandbox
