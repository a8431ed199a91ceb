#include "akash/sandbox/cli/transactions.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include <boost/json.hpp>

#include "akash/chain.hpp"
#include "akash/sandbox/chain/tx_encoding.hpp"
#include "akash/sandbox/cli/keyring.hpp"
#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/signing.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kPoll = 100ms;

std::string Text(const json::value& value) { return std::string{value.as_string()}; }

void Print(const json::value& value) { std::cout << json::serialize(value) << '\n'; }

/// What the error that belongs to a code is called; the real program adds it once more.
std::string NameOfError(const std::string& codespace, int code)
{
    static const std::map<std::pair<std::string, int>, std::string> kNames{
        {{"sdk", 4}, "unauthorized"},
        {{"sdk", 5}, "insufficient funds"},
        {{"sdk", 11}, "out of gas"},
        {{"sdk", 12}, "memo too large"},
        {{"sdk", 13}, "insufficient fee"},
        {{"sdk", 18}, "invalid request"},
        {{"sdk", 19}, "tx already in mempool"},
        {{"sdk", 20}, "mempool is full"},
        {{"sdk", 30}, "tx timeout height"},
        {{"sdk", 32}, "incorrect account sequence"},
        {{"sdk", 42}, "tx timeout"},
        {{"deployment", 3}, "Deployment exists"},
        {{"deployment", 4}, "Deployment not found"},
        {{"deployment", 5}, "Deployment closed"},
        {{"deployment", 10}, "Invalid: deployment hash"},
        {{"deployment", 20}, "Deposit invalid"},
        {{"market", 12}, "bid not open"},
        {{"market", 18}, "invalid bid"},
        {{"market", 24}, "order closed"},
        {{"undefined", 1}, "internal"}};
    const auto found = kNames.find({codespace, code});
    return found == kNames.end() ? codespace : found->second;
}

json::value NewTx(const Arguments& arguments, const json::value& message, std::uint64_t gas,
                  const json::array& fee)
{
    return json::object{
        {"body", json::object{{"messages", json::array{message}},
                              {"memo", arguments.Get("memo", arguments.Get("note"))},
                              {"timeout_height", "0"},
                              {"unordered", false},
                              {"timeout_timestamp", nullptr},
                              {"extension_options", json::array{}},
                              {"non_critical_extension_options", json::array{}}}},
        {"auth_info", json::object{{"signer_infos", json::array{}},
                                   {"fee", json::object{{"amount", fee},
                                                        {"gas_limit", std::to_string(gas)},
                                                        {"payer", ""},
                                                        {"granter", ""}}},
                                   {"tip", nullptr}}},
        {"signatures", json::array{}}};
}

/// `--fees`, or `--gas-prices` times the gas, rounded up.
json::array FeeOf(const Arguments& arguments, std::uint64_t gas)
{
    const auto fees = arguments.Get("fees");
    const auto prices = arguments.Get("gas-prices");
    const auto& text = fees.empty() ? prices : fees;
    const auto split = text.find_first_not_of("0123456789.");
    if (split == text.npos) return {};
    const auto number = akash::ParseDec18(text.substr(0, split));
    if (!number) throw CommandFailed{"invalid decimal coin expression: " + text, {}};
    const money::Amount count{fees.empty() ? static_cast<std::int64_t>(gas) : 1};
    const auto amount =
        money::MulDiv(*number, count, *akash::ParseDec18("1"), money::Rounding::kCeil);
    return {json::object{{"denom", text.substr(split)}, {"amount", amount.ToString()}}};
}

json::value Broadcast(const Arguments& arguments, const json::value& tx, const std::string& mode)
{
    if (mode != "sync" && mode != "async" && mode != "block") {
        throw CommandFailed{"invalid broadcast mode \"" + mode + "\". expected async|sync|block",
                            {}};
    }
    return AskNode(NodeOf(arguments), "broadcast", {{"tx", tx}, {"mode", mode}});
}

/// Block mode of `tx MODULE COMMAND`: waits until the transaction is found, however slow blocks
/// are.
json::value WaitForTx(const Arguments& arguments, const std::string& hash)
{
    for (;;) {
        try {
            return AskNode(NodeOf(arguments), "query",
                           {{"path", json::array{"tx"}},
                            {"words", json::array{json::string{hash}}},
                            {"flags", json::object{}}});
        } catch (const CommandFailed& failed) {
            if (!failed.text.ends_with("not found")) throw;
        }
        std::this_thread::sleep_for(kPoll);
    }
}

json::value BroadcastAndWait(const Arguments& arguments, const json::value& tx,
                             const std::string& mode)
{
    try {
        return Broadcast(arguments, tx, mode);
    } catch (const CommandFailed& failed) {
        if (!failed.text.ends_with("nil Context")) throw;
        return WaitForTx(arguments, EncodeTx(tx)->hash);
    }
}

int CodeOf(const json::value& answer)
{
    return static_cast<int>(answer.at("code").to_number<std::int64_t>());
}

/// A sequence mismatch found by simulation: the real program prints this and ends with code 0.
void PrintMismatch()
{
    Print(json::object{{"height", "0"},
                       {"txhash", ""},
                       {"codespace", "sdk"},
                       {"code", 32},
                       {"data", ""},
                       {"raw_log", ""},
                       {"logs", json::array{}},
                       {"info", ""},
                       {"gas_wanted", "0"},
                       {"gas_used", "0"},
                       {"tx", nullptr},
                       {"timestamp", ""},
                       {"events", json::array{}}});
}

/// Gas from a simulation, or nothing where the sequence did not fit.
std::optional<std::uint64_t> SimulatedGas(const Arguments& arguments, json::value tx,
                                          const NamedKey& key, const std::string& sequence)
{
    SetSigner(tx, key.key, sequence);
    const auto answer = AskNode(NodeOf(arguments), "simulate", {{"tx", tx}});
    if (CodeOf(answer) == 32) return std::nullopt;
    if (CodeOf(answer) != 0) {
        constexpr const char* kUnknown = "rpc error: code = Unknown desc = ";
        throw CommandFailed{std::string{kUnknown} + kUnknown + Text(answer.at("raw_log")) +
                                " [/src/cosmos-sdk/baseapp/baseapp.go:1052] with gas used: '" +
                                Text(answer.at("gas_used")) + "': unknown request",
                            {}};
    }
    const auto used = std::strtod(Text(answer.at("gas_used")).c_str(), nullptr);
    return static_cast<std::uint64_t>(
        used * std::strtod(arguments.Get("gas-adjustment", "1").c_str(), nullptr));
}

void Confirm(const Arguments& arguments, const json::value& tx)
{
    if (arguments.Has("yes")) return;
    Print(tx);
    std::string line;
    if (!std::getline(std::cin, line)) throw CommandFailed{"EOF", {}};
    if (line != "y" && line != "Y") throw CommandFailed{"canceled transaction", {}};
}

void SendMessage(const Arguments& arguments, const json::value& message, const NamedKey& key)
{
    const auto chain_id = arguments.Get("chain-id");
    auto account = AskAccount(arguments, key.key.address);
    if (arguments.Has("sequence")) account.sequence = arguments.Get("sequence");
    const auto* id = message.as_object().if_contains("id");
    const auto* owner = id && id->is_object() ? id->as_object().if_contains("owner") : nullptr;
    auto gas_flag = arguments.Get("gas", "0");
    std::uint64_t gas = std::strtoull(gas_flag.c_str(), nullptr, 10);
    if (gas_flag == "auto") {
        const bool foreign = owner && SignerOfMessage(message.as_object()) != key.key.address;
        const auto simulated = foreign ? std::nullopt
                                       : SimulatedGas(arguments, NewTx(arguments, message, 0, {}),
                                                      key, account.sequence);
        if (!simulated) return PrintMismatch();
        gas = *simulated;
    }
    auto tx = NewTx(arguments, message, gas, FeeOf(arguments, gas));
    Confirm(arguments, tx);
    Sign(tx, key, account, chain_id);
    const auto mode = arguments.Get("broadcast-mode", "block");
    auto answer = BroadcastAndWait(arguments, tx, mode);
    if (CodeOf(answer) == 32) {  // Once more with the committed sequence, as the real program does.
        Sign(tx, key, AskAccount(arguments, key.key.address), chain_id);
        answer = BroadcastAndWait(arguments, tx, mode);
    }
    if (CodeOf(answer) != 0) {
        throw CommandFailed{Text(answer.at("raw_log")) + ": " +
                                NameOfError(Text(answer.at("codespace")), CodeOf(answer)),
                            {}};
    }
    Print(answer);
}

void RunMessage(const Arguments& arguments, const std::vector<std::string>& path)
{
    const bool is_send = path.size() > 2 && path[0] == "bank";
    const auto from = is_send ? path[2] : arguments.Get("from");
    if (const auto mode = arguments.Get("broadcast-mode", "block");
        mode != "sync" && mode != "async" && mode != "block") {
        throw CommandFailed{"invalid broadcast mode \"" + mode + "\". expected async|sync|block",
                            {}};
    }
    if (arguments.Has("dry-run")) {
        if (const auto fault = AddressFault(from); !fault.empty()) {
            throw CommandFailed{
                "a valid bech32 address must be provided in simulation mode: " + fault, {}};
        }
    }
    const auto key = SigningKey(arguments, from);
    const auto message = MessageOf(arguments, path, key.key.address);
    if (arguments.Has("generate-only")) {
        const auto gas = std::strtoull(arguments.Get("gas", "0").c_str(), nullptr, 10);
        return Print(NewTx(arguments, message, gas, FeeOf(arguments, gas)));
    }
    if (!arguments.Has("chain-id")) throw CommandFailed{"chain ID required but not specified", {}};
    SendMessage(arguments, message, key);
}

void RunEncode(const std::string& path)
{
    const auto encoded = EncodeTx(ReadTx(path));
    if (!encoded) throw CommandFailed{encoded.error().message, {}};
    std::cout << ToBase64(encoded->raw) << '\n';
}

void RunBroadcast(const Arguments& arguments, const std::string& path)
{
    const auto tx = ReadTx(path);
    if (arguments.Has("dry-run"))
        return Print(AskNode(NodeOf(arguments), "simulate", {{"tx", tx}}));
    Print(Broadcast(arguments, tx, arguments.Get("broadcast-mode", "sync")));
}

}  // namespace

std::string NodeOf(const Arguments& arguments)
{
    return arguments.Get("node", "tcp://localhost:26657");
}

std::string HomeOf(const Arguments& arguments)
{
    const char* home = std::getenv("HOME");
    return arguments.Get("home", std::string{home ? home : "."} + "/.akash");
}

void RunTransaction(const Arguments& arguments, const std::vector<std::string>& path)
{
    if (path.empty()) throw CommandFailed{"a subcommand is required", {}};
    const auto file = path.size() > 1 ? path[1] : std::string{"-"};
    if (path[0] == "sign") return RunSign(arguments, file);
    if (path[0] == "sign-batch") return RunSignBatch(arguments, {path.begin() + 1, path.end()});
    if (path[0] == "encode") return RunEncode(file);
    if (path[0] == "broadcast") return RunBroadcast(arguments, file);
    RunMessage(arguments, path);
}

}  // namespace berth::sandbox
