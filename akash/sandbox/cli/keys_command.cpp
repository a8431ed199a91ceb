#include <iostream>

#include <boost/json.hpp>

#include "akash/sandbox/cli/keyring.hpp"
#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/transactions.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

json::object KeyJson(const NamedKey& key)
{
    const json::object pubkey{{"@type", "/cosmos.crypto.secp256k1.PubKey"},
                              {"key", ToBase64(key.key.pubkey)}};
    return {{"name", key.name},
            {"type", "local"},
            {"address", key.key.address},
            {"pubkey", json::serialize(pubkey)}};
}

std::string NameAt(const std::vector<std::string>& path)
{
    if (path.size() > 1) return path[1];
    throw CommandFailed{"accepts 1 arg(s), received 0", {}};
}

void Add(const Arguments& arguments, const Keyring& keyring, const std::string& name)
{
    std::string line;
    if (keyring.Find(name) && !std::getline(std::cin, line)) throw CommandFailed{"EOF", {}};
    Secret mnemonic;
    const bool recover = arguments.Has("recover");
    if (!recover) {
        mnemonic = NewMnemonic();
    } else if (arguments.Has("source")) {
        throw CommandFailed{"invalid mnemonic", {}};
    } else if (std::getline(std::cin, line)) {
        mnemonic = Secret{line};
    } else {
        throw CommandFailed{"EOF", {}};
    }
    const auto index = std::strtoul(arguments.Get("index", "0").c_str(), nullptr, 10);
    const auto key = DeriveKey(mnemonic, static_cast<std::uint32_t>(index));
    if (!key) throw CommandFailed{key.error().message, {}};
    const NamedKey named{.name = name, .key = *key};
    keyring.Store(named);
    auto shown = KeyJson(named);
    if (!recover && !arguments.Has("no-backup")) shown["mnemonic"] = mnemonic.Expose();
    std::cout << json::serialize(shown) << '\n';
}

void Show(const Arguments& arguments, const Keyring& keyring, const std::string& name)
{
    constexpr const char* kNotValid = " is not a valid name or address: ";
    std::optional<NamedKey> key;
    try {
        key = keyring.Find(name);
    } catch (const CommandFailed& failed) {
        throw CommandFailed{name + kNotValid + failed.text, {}};
    }
    if (!key) throw CommandFailed{name + kNotValid + AddressFault(name), {}};
    if (arguments.Has("address")) {
        std::cout << key->key.address << '\n';
    } else {
        std::cout << json::serialize(KeyJson(*key)) << '\n';
    }
}

void List(const Arguments& arguments, const Keyring& keyring)
{
    json::array all;
    for (const auto& key : keyring.List()) all.push_back(KeyJson(key));
    if (arguments.Get("output") == "json") {
        std::cout << json::serialize(all);
    } else if (all.empty()) {
        std::cout << "No records were found in keyring\n";
    } else {
        for (const auto& key : all) std::cout << json::serialize(key) << '\n';
    }
}

void Delete(const Keyring& keyring, const std::string& name)
{
    if (keyring.Remove(name)) {
        std::cerr << "Key deleted forever (uh oh!)\n";
    } else {
        std::cerr << "key " << name << " not found\n";
    }
}

}  // namespace

void RunKeys(const Arguments& arguments, const std::vector<std::string>& path)
{
    const auto command = path.empty() ? std::string{} : path[0];
    if (command == "mnemonic") {
        std::cout << NewMnemonic().Expose() << '\n';
        return;
    }
    const Keyring keyring{HomeOf(arguments), arguments.Get("keyring-backend", "os")};
    if (command == "list") return List(arguments, keyring);
    const auto name = NameAt(path);
    if (command == "add") return Add(arguments, keyring, name);
    if (command == "show") return Show(arguments, keyring, name);
    if (command == "delete") return Delete(keyring, name);
    throw CommandFailed{"unknown command \"" + command + "\" for \"akash keys\"", {}};
}

}  // namespace berth::sandbox
