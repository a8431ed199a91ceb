#include "akash/sandbox/cli/arguments.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace berth::sandbox {
namespace {

const std::set<std::string> kSwitches{
    "yes",         "generate-only", "offline",   "dry-run", "address", "recover",  "no-backup",
    "count-total", "follow",        "unordered", "append",  "help",    "overwrite"};

const std::set<std::string> kValued{"home",
                                    "keyring-backend",
                                    "output",
                                    "node",
                                    "from",
                                    "chain-id",
                                    "gas",
                                    "gas-prices",
                                    "gas-adjustment",
                                    "fees",
                                    "broadcast-mode",
                                    "owner",
                                    "dseq",
                                    "gseq",
                                    "oseq",
                                    "provider",
                                    "state",
                                    "limit",
                                    "page-key",
                                    "page",
                                    "denom",
                                    "deposit",
                                    "deposit-sources",
                                    "account-number",
                                    "sequence",
                                    "output-document",
                                    "type",
                                    "index",
                                    "source",
                                    "service",
                                    "tail",
                                    "timeout-duration",
                                    "provider-url",
                                    "auth-type",
                                    "memo",
                                    "price",
                                    "events",
                                    "note"};

const std::map<char, std::string> kShort{
    {'y', "yes"}, {'o', "output"}, {'b', "broadcast-mode"}, {'a', "address"}, {'h', "help"}};

std::string EnvironmentName(std::string flag)
{
    for (auto& c : flag)
        c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return "AKASH_" + flag;
}

}  // namespace

Arguments Arguments::FromMain(int argc, char** argv)
{
    Arguments arguments;
    const std::vector<std::string> all(argv + 1, argv + argc);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto name = all[i];
        if (name == "-" || !name.starts_with('-')) {
            arguments.words_.push_back(name);
            continue;
        }
        const auto equals = name.find('=');
        auto key = name.substr(0, equals);
        if (key.starts_with("--")) {
            key.erase(0, 2);
        } else if (const auto found = kShort.find(key[1]);
                   found != kShort.end() && key.size() == 2) {
            key = found->second;
        } else {
            throw UnknownFlag{"unknown shorthand flag: '" + key.substr(1, 1) + "' in " + name};
        }
        if (kSwitches.contains(key)) {
            arguments.flags_[key] = equals == name.npos ? "true" : name.substr(equals + 1);
        } else if (!kValued.contains(key)) {
            throw UnknownFlag{"unknown flag: --" + key};
        } else if (equals != name.npos) {
            arguments.flags_[key] = name.substr(equals + 1);
        } else if (i + 1 < all.size()) {
            arguments.flags_[key] = all[++i];
        } else {
            throw UnknownFlag{"flag needs an argument: --" + key};
        }
    }
    return arguments;
}

bool Arguments::Has(const std::string& flag) const { return !Get(flag).empty(); }

std::string Arguments::Get(const std::string& flag, const std::string& fallback) const
{
    if (const auto found = flags_.find(flag); found != flags_.end()) return found->second;
    const char* value = std::getenv(EnvironmentName(flag).c_str());
    return value && *value ? value : fallback;
}

}  // namespace berth::sandbox
