#include "akash/sandbox/cli/signing.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <boost/json.hpp>

#include "akash/sandbox/chain/tx_encoding.hpp"
#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/transactions.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kGasOfMessage = 200'000;  ///< Where no gas is given.

std::string Text(const json::value& value) { return std::string{value.as_string()}; }

std::string ReadFileOrStdin(const std::string& path)
{
    if (path == "-") return ReadStdin();
    std::ifstream in{path};
    if (!in) throw CommandFailed{"open " + path + ": no such file or directory", {}};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

json::value ParseTx(const std::string& text)
{
    boost::system::error_code bad;
    auto tx = json::parse(text, bad);
    if (bad || !tx.is_object()) {
        const auto first = text.empty() ? ' ' : text[0];
        throw CommandFailed{text.starts_with("n")
                                ? "invalid character '" + text.substr(1, 1) +
                                      "' in literal null (expecting 'u'): tx parse error"
                                : std::string{"invalid character '"} + first +
                                      "' looking for beginning of value: tx parse error",
                            {}};
    }
    return tx;
}

void WriteDocument(const Arguments& arguments, const std::string& text)
{
    const auto document = arguments.Get("output-document");
    if (document.empty()) {
        std::cout << text;
        return;
    }
    std::ofstream out{document};
    out << text;
}

std::vector<json::value> ReadBatch(const std::vector<std::string>& files)
{
    std::vector<json::value> batch;
    for (const auto& file : files) {
        std::istringstream lines{ReadFileOrStdin(file)};
        for (std::string line; std::getline(lines, line);) {
            if (!line.empty()) batch.push_back(ParseTx(line));
        }
    }
    if (batch.empty()) throw CommandFailed{"no transaction to sign", {}};
    return batch;
}

/// All messages in the first transaction; gas for each, and no fee.
void AppendAll(std::vector<json::value>& batch)
{
    auto& messages = batch.front().at("body").at("messages").as_array();
    for (std::size_t i = 1; i < batch.size(); ++i) {
        for (auto& message : batch[i].at("body").at("messages").as_array()) {
            messages.push_back(std::move(message));
        }
    }
    auto& fee = batch.front().at("auth_info").at("fee").as_object();
    fee["amount"] = json::array{};
    fee["gas_limit"] = std::to_string(kGasOfMessage * messages.size());
    batch.resize(1);
}

AccountNumbers NumbersOf(const Arguments& arguments, const std::string& address)
{
    if (!arguments.Has("offline")) return AskAccount(arguments, address);
    return {.number = arguments.Get("account-number", "0"),
            .sequence = arguments.Get("sequence", "0")};
}

}  // namespace

std::string ReadStdin()
{
    return {std::istreambuf_iterator<char>{std::cin}, std::istreambuf_iterator<char>{}};
}

json::value ReadTx(const std::string& path) { return ParseTx(ReadFileOrStdin(path)); }

NamedKey SigningKey(const Arguments& arguments, const std::string& name)
{
    if (name.empty()) throw CommandFailed{"required flag(s) \"from\" not set", {}};
    const Keyring keyring{HomeOf(arguments), arguments.Get("keyring-backend", "os")};
    auto key = keyring.Find(name);
    if (key) return *key;
    throw CommandFailed{name.starts_with("akash1")
                            ? "key with address " + name + " not found: key not found"
                            : name + ".info: key not found",
                        {}};
}

AccountNumbers AskAccount(const Arguments& arguments, const std::string& address)
{
    try {
        const auto answer = AskNode(NodeOf(arguments), "query",
                                    {{"path", json::array{"auth", "account"}},
                                     {"words", json::array{json::string{address}}},
                                     {"flags", json::object{}}});
        const auto& account = answer.at("account");
        return {.number = Text(account.at("account_number")),
                .sequence = Text(account.at("sequence"))};
    } catch (const CommandFailed& failed) {
        const auto at = failed.text.find("rpc error: code = NotFound");
        if (at == failed.text.npos) throw;
        throw CommandFailed{failed.text.substr(at), {}};
    }
}

void SetSigner(json::value& tx, const AccountKey& key, const std::string& sequence)
{
    tx.at("auth_info").as_object()["signer_infos"] = json::array{json::object{
        {"public_key",
         json::object{{"@type", "/cosmos.crypto.secp256k1.PubKey"}, {"key", ToBase64(key.pubkey)}}},
        {"mode_info", json::object{{"single", json::object{{"mode", "SIGN_MODE_DIRECT"}}}}},
        {"sequence", sequence}}};
}

void Sign(json::value& tx, const NamedKey& key, const AccountNumbers& account,
          const std::string& chain_id)
{
    SetSigner(tx, key.key, account.sequence);
    tx.as_object()["signatures"] = json::array{};
    const auto encoded = EncodeTx(tx);
    if (!encoded) throw CommandFailed{encoded.error().message, {}};
    const auto bytes =
        SignBytes(*encoded, chain_id, std::strtoull(account.number.c_str(), nullptr, 10));
    tx.as_object()["signatures"] = json::array{json::string{ToBase64(SignMessage(key.key, bytes))}};
}

std::string SignerOfMessage(const json::object& message)
{
    for (const char* key : {"signer", "from_address", "owner"}) {
        if (message.contains(key)) return Text(message.at(key));
    }
    const bool is_bid = Text(message.at("@type")).ends_with("MsgCreateBid");
    const char* id = message.contains("bid_id") ? "bid_id" : "id";
    return Text(message.at(id).at(is_bid ? "provider" : "owner"));
}

void RunSign(const Arguments& arguments, const std::string& path)
{
    auto tx = ReadTx(path);
    const auto key = SigningKey(arguments, arguments.Get("from"));
    if (SignerOfMessage(tx.at("body").at("messages").as_array().at(0).as_object()) !=
        key.key.address) {
        throw CommandFailed{"tx intended signer does not match the given signer: " + key.name, {}};
    }
    if (!arguments.Has("chain-id")) throw CommandFailed{"chain ID required but not specified", {}};
    Sign(tx, key, NumbersOf(arguments, key.key.address), arguments.Get("chain-id"));
    WriteDocument(arguments, json::serialize(tx) + "\n");
}

void RunSignBatch(const Arguments& arguments, const std::vector<std::string>& files)
{
    auto batch = ReadBatch(files);
    const auto key = SigningKey(arguments, arguments.Get("from"));
    if (!arguments.Has("chain-id")) throw CommandFailed{"chain ID required but not specified", {}};
    auto account = NumbersOf(arguments, key.key.address);
    if (arguments.Has("append")) AppendAll(batch);
    std::string signed_lines;
    for (auto& tx : batch) {
        Sign(tx, key, account, arguments.Get("chain-id"));
        signed_lines += json::serialize(tx) + "\n";
        account.sequence = std::to_string(std::strtoull(account.sequence.c_str(), nullptr, 10) + 1);
    }
    WriteDocument(arguments, signed_lines);
}

}  // namespace berth::sandbox
