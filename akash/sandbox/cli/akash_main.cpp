// The sandbox's stand-in for the program `akash`: same command lines, outputs and exit codes.

#include <iostream>

#include <boost/json.hpp>

#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/transactions.hpp"
#include "akash/sandbox/cli/yaml_text.hpp"

namespace {

using namespace berth::sandbox;
namespace json = boost::json;

constexpr const char* kVersion = "v2.1.0-rc12";

/// How many words of a query are its path; the rest are arguments.
std::size_t PathLength(const std::vector<std::string>& words)
{
    if (words[0] == "tx" || words[0] == "txs" || words[0] == "block") return 1;
    if (words.size() > 1 && (words[0] == "market" || words[1] == "group") && words[1] != "params")
        return 3;
    return 2;
}

int Query(const Arguments& arguments, const std::vector<std::string>& words)
{
    static const std::vector<std::string> kModules{
        "bank", "auth", "deployment", "market", "provider", "escrow", "tx", "txs", "block"};
    if (words.empty() || std::find(kModules.begin(), kModules.end(), words[0]) == kModules.end()) {
        std::cout << "Querying subcommands\n\nUsage:\n  akash query [command]\n";
        return 0;
    }
    json::array path;
    json::array rest;
    const auto length = PathLength(words);
    for (std::size_t i = 0; i < words.size(); ++i) {
        (i < length ? path : rest).push_back(json::string{words[i]});
    }
    json::object flags;
    for (const auto& [name, value] : arguments.given()) flags[name] = value;
    const auto answer =
        AskNode(NodeOf(arguments), "query", {{"path", path}, {"words", rest}, {"flags", flags}});
    const bool as_json = arguments.Get("output", "text") == "json";
    std::cout << (as_json ? json::serialize(answer) + "\n" : YamlText(answer));
    return 0;
}

/// `akash auth jwt`, which takes no key: the provider's program makes its own tokens.
void Auth(const Arguments& arguments)
{
    for (const auto& [flag, value] : arguments.given()) {
        if (flag != "home" && flag != "help")
            throw Arguments::UnknownFlag{"unknown flag: --" + flag};
    }
    std::cout << "Usage:\n  akash auth jwt [flags]\n";
}

int Run(const Arguments& arguments)
{
    const auto& words = arguments.words();
    if (words.empty()) {
        std::cout << "Akash sandbox command line\n\nUsage:\n  akash [command]\n";
        return 0;
    }
    const std::vector<std::string> rest{words.begin() + 1, words.end()};
    if (words[0] == "version") {
        std::cout << kVersion << '\n';
    } else if (words[0] == "keys") {
        RunKeys(arguments, rest);
    } else if (words[0] == "status") {
        std::cout << json::serialize(AskNode(NodeOf(arguments), "status", {})) << '\n';
    } else if (words[0] == "auth") {
        Auth(arguments);
    } else if (words[0] == "query" || words[0] == "q") {
        return Query(arguments, rest);
    } else if (words[0] == "tx") {
        RunTransaction(arguments, rest);
    } else {
        throw CommandFailed{"unknown command \"" + words[0] + "\" for \"akash\"", {}};
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return Run(Arguments::FromMain(argc, argv));
    } catch (const CommandFailed& failed) {
        std::cerr << failed.detail << (failed.detail.empty() ? "" : "\n")
                  << "Error: " << failed.text << '\n';
    } catch (const Arguments::UnknownFlag& unknown) {
        std::cerr << "Error: " << unknown.text << '\n';
    } catch (const std::exception& error) {
        std::cerr << "Error: " << error.what() << '\n';
    }
    return 1;
}
