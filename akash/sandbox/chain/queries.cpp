#include "akash/sandbox/chain/queries.hpp"

#include <iomanip>
#include <sstream>

#include <boost/json.hpp>

#include "akash/sandbox/chain/keys.hpp"
#include "akash/sandbox/chain/query_support.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

json::value Balances(const Chain& chain, const Question& question)
{
    const auto address = question.words.empty() ? "" : question.words[0];
    if (const auto fault = AddressFault(address); !fault.empty()) throw QueryRefused{fault};
    if (const auto denom = question.Flag("denom"); !denom.empty()) {
        return json::object{{"denom", denom},
                            {"amount", chain.state().Balance(address, denom).ToString()}};
    }
    json::array balances;
    if (const auto account = chain.state().accounts.find(address);
        account != chain.state().accounts.end()) {
        for (const auto& [denom, amount] : account->second.balances) {
            // The real node answers with the denomination's metadata, which says `akt` for
            // micro-akt.
            if (amount == Amount{}) continue;
            balances.push_back(json::object{{"denom", denom == "uakt" ? "akt" : denom},
                                            {"amount", amount.ToString()}});
        }
    }
    return json::object{{"balances", balances}, {"pagination", json::object{}}};
}

json::value TotalSupply(const Chain& chain, const Question&)
{
    json::array supply;
    for (const auto& [denom, amount] : chain.state().supply) {
        supply.push_back(json::object{{"denom", denom}, {"amount", amount.ToString()}});
    }
    return json::object{{"supply", supply},
                        {"pagination", json::object{{"next_key", nullptr}, {"total", "0"}}}};
}

json::object Metadata(const std::string& base, const std::string& symbol,
                      const std::string& display, const std::string& name,
                      const std::string& description)
{
    const auto unit = base.substr(1);
    json::array units{json::object{{"denom", base}, {"exponent", 0}, {"aliases", json::array{}}},
                      json::object{{"denom", unit}, {"exponent", 6}, {"aliases", json::array{}}}};
    return {{"description", description},
            {"denom_units", units},
            {"base", base},
            {"display", display},
            {"name", name},
            {"symbol", symbol},
            {"uri", ""},
            {"uri_hash", ""}};
}

json::value DenomMetadata(const Chain&, const Question&)
{
    return json::object{
        {"metadatas",
         json::array{
             Metadata("uact", "ACT", "uact", "Akash Compute Token", "Akash Compute Token"),
             Metadata("uakt", "AKT", "akt", "Akash Native Token", "The native token of Akash")}},
        {"pagination", json::object{{"next_key", nullptr}, {"total", "2"}}}};
}

json::value Account(const Chain& chain, const Question& question)
{
    const auto address = question.words.empty() ? "" : question.words[0];
    if (const auto fault = AddressFault(address); !fault.empty()) throw QueryRefused{fault};
    const auto account = chain.state().accounts.find(address);
    if (account == chain.state().accounts.end()) {
        throw QueryRefused{
            "your node may be syncing, please check node status using `/status`: rpc "
            "error: code = NotFound desc = rpc error: code = NotFound desc = account " +
            address + " not found: key not found"};
    }
    json::value pubkey;
    if (!account->second.pubkey.empty()) {
        pubkey = json::object{{"@type", "/cosmos.crypto.secp256k1.PubKey"},
                              {"key", account->second.pubkey}};
    }
    return json::object{
        {"account", json::object{{"@type", "/cosmos.auth.v1beta1.BaseAccount"},
                                 {"address", address},
                                 {"pub_key", pubkey},
                                 {"account_number", std::to_string(account->second.number)},
                                 {"sequence", std::to_string(account->second.sequence)}}}};
}

json::value Tx(const Chain& chain, const Question& question)
{
    const auto word = question.words.empty() ? "" : question.words[0];
    if (question.Flag("type") == "acc_seq") {
        const auto slash = word.rfind('/');
        const auto* stored = chain.FindTx(word.substr(0, slash),
                                          std::strtoull(word.c_str() + slash + 1, nullptr, 10));
        if (!stored)
            throw QueryRefused{"found no txs matching given address and sequence combination"};
        return TxJson(*stored, true);
    }
    for (const char c : word) {
        if (!std::isxdigit(static_cast<unsigned char>(c))) {
            std::ostringstream hex;
            hex << std::hex << std::uppercase << std::setw(4) << std::setfill('0') << int{c};
            throw QueryRefused{"encoding/hex: invalid byte: U+" + hex.str() + " '" + c + "'"};
        }
    }
    const auto* stored = chain.FindTx(word);
    if (stored) return TxJson(*stored, true);
    throw QueryRefused{
        "error in json rpc client, with http response metadata: (Status: 200 OK, "
        "Protocol HTTP/1.1). RPC error -32603 - Internal error: tx (" +
        word + ") not found"};
}

}  // namespace

std::string Question::Flag(const std::string& name, const std::string& fallback) const
{
    const auto found = flags.find(name);
    return found == flags.end() ? fallback : found->second;
}

json::value Answer(const Chain& chain, const Question& question)
{
    static const auto kHandlers = [] {
        std::map<std::string, QueryHandler> all{{"bank balances", Balances},
                                                {"bank total", TotalSupply},
                                                {"bank denom-metadata", DenomMetadata},
                                                {"auth account", Account},
                                                {"tx", Tx}};
        all.insert(DeploymentQueries().begin(), DeploymentQueries().end());
        all.insert(MarketQueries().begin(), MarketQueries().end());
        all.insert(BlockQueries().begin(), BlockQueries().end());
        return all;
    }();
    std::string path;
    for (const auto& word : question.path) path += (path.empty() ? "" : " ") + word;
    const auto handler = kHandlers.find(path);
    if (handler == kHandlers.end()) throw QueryRefused{"unknown query path: " + path};
    return handler->second(chain, question);
}

}  // namespace berth::sandbox
