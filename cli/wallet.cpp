#include <cstdlib>
#include <iostream>
#include <iterator>

#include "cli/commands.hpp"
#include "core/base/command_runner.hpp"
#include "core/base/file.hpp"
#include "core/base/strict_json.hpp"

namespace berth::cli {
namespace {

constexpr std::chrono::seconds kPatience{30};

/// The operator's Akash programs and keyring. The key never leaves the keyring.
struct WalletArguments {
    std::string akash = "akash";
    std::string home;
    std::string keyring_backend = "os";
    std::string name = "berth";
    std::string node;
    std::string address;
    std::string mnemonic_file;
};

/// Runs the Akash program and reads the JSON that it prints.
Result<boost::json::value> RunAkash(const WalletArguments& arguments,
                                    std::vector<std::string> words, std::string stdin_bytes = {})
{
    ProcessRunner runner{1};
    Command command;
    command.argv = {arguments.akash};
    std::ranges::move(words, std::back_inserter(command.argv));
    if (!arguments.home.empty())
        std::ranges::copy(std::vector<std::string>{"--home", arguments.home},
                          std::back_inserter(command.argv));
    std::ranges::copy(std::vector<std::string>{"-o", "json"}, std::back_inserter(command.argv));
    command.stdin_bytes = std::move(stdin_bytes);
    const auto output = runner.Run(command, Deadline::After(kPatience));
    if (!output) return output.error();
    if (output->exit_code != 0) {
        const auto line = output->err.substr(0, output->err.find('\n'));
        return Fail(ErrorCode::kPrecondition, "AKASH_REFUSED", "akash said: " + line);
    }
    const auto start = output->out.find_first_of("{[");
    return ParseJsonStrict(start == std::string::npos ? output->out : output->out.substr(start));
}

Error BadAnswer()
{
    return Fail(ErrorCode::kInternal, "AKASH_GARBAGE",
                "The akash program printed what Berth cannot read.");
}

std::string TextAt(const boost::json::value& value, std::string_view key)
{
    const auto* object = value.if_object();
    const auto* field = object ? object->if_contains(key) : nullptr;
    return field && field->is_string() ? std::string{field->get_string()} : "";
}

std::vector<std::string> KeyCommand(const WalletArguments& arguments, const std::string& verb)
{
    return {"keys", verb, arguments.name, "--keyring-backend", arguments.keyring_backend};
}

Result<void> CreateWallet(Session& session, const WalletArguments& arguments)
{
    if (std::filesystem::exists(arguments.mnemonic_file)) {
        return Fail(ErrorCode::kPrecondition, "FILE_EXISTS",
                    arguments.mnemonic_file + " exists already and is not overwritten.");
    }
    const auto made = RunAkash(arguments, KeyCommand(arguments, "add"));
    if (!made) return made.error();
    const auto address = TextAt(*made, "address");
    const Secret mnemonic{TextAt(*made, "mnemonic")};
    if (address.empty() || mnemonic.empty()) return BadAnswer();
    const auto written = WriteFileAtomically(arguments.mnemonic_file, mnemonic.Expose() + "\n");
    if (!written) return written.error();
    session.Print({{"address", address}, {"mnemonic_file", arguments.mnemonic_file}},
                  "wallet      " + address + "\nrecovery words in " + arguments.mnemonic_file +
                      "\nDedicate it to Berth, and keep little in it.\n");
    return {};
}

Result<void> ImportWallet(Session& session, const WalletArguments& arguments)
{
    std::string words{std::istreambuf_iterator<char>{std::cin}, {}};
    if (words.empty() || words.back() != '\n') words += '\n';
    auto command = KeyCommand(arguments, "add");
    command.push_back("--recover");
    const auto made = RunAkash(arguments, command, std::move(words));
    if (!made) return made.error();
    const auto address = TextAt(*made, "address");
    if (address.empty()) return BadAnswer();
    session.Print({{"address", address}}, "wallet      " + address + "\n");
    return {};
}

Result<void> ShowBalance(Session& session, const WalletArguments& arguments)
{
    auto address = arguments.address;
    if (address.empty()) {
        const auto key = RunAkash(arguments, KeyCommand(arguments, "show"));
        if (!key) return key.error();
        address = TextAt(*key, "address");
    }
    boost::json::object balances{{"address", address}};
    std::string text = "wallet      " + address + "\n";
    for (const std::string denom : {"uakt", "uact"}) {  // By name: without it AKT is misnamed.
        std::vector<std::string> query{"query", "bank", "balances", address, "--denom", denom};
        if (!arguments.node.empty()) query.insert(query.end(), {"--node", arguments.node});
        const auto answer = RunAkash(arguments, query);
        if (!answer) return answer.error();
        const auto* balance =
            answer->is_object() ? answer->as_object().if_contains("balance") : nullptr;
        const auto amount = TextAt(balance ? *balance : *answer, "amount");
        if (amount.empty()) return BadAnswer();
        balances[denom] = amount;
        text += denom + "        " + amount + "\n";
    }
    session.Print(balances, text);
    return {};
}

void AddProgramOptions(CLI::App& app, WalletArguments& arguments)
{
    app.add_option("--akash", arguments.akash, "The akash program")
        ->envname("BERTH_AKASH")
        ->capture_default_str();
    app.add_option("--home", arguments.home, "Its home")->envname("BERTH_AKASH_HOME");
    app.add_option("--keyring-backend", arguments.keyring_backend)->capture_default_str();
    app.add_option("--name", arguments.name, "Name of the key")
        ->envname("BERTH_AKASH_FROM")
        ->capture_default_str();
    app.add_option("--node", arguments.node, "RPC node")->envname("BERTH_AKASH_NODE");
}

}  // namespace

void AddWalletCommands(CLI::App& app, Session& session)
{
    auto* wallet = app.add_subcommand("wallet", "Make and look at an operator's Akash wallet")
                       ->require_subcommand(1);
    const auto arguments = Slot<WalletArguments>();
    AddProgramOptions(*wallet, *arguments);
    auto* create = wallet->add_subcommand("create", "Make a wallet in the keyring");
    create->add_option("--mnemonic-file", arguments->mnemonic_file, "Where its recovery words go")
        ->required();
    create->callback(
        [&session, arguments] { Run(session, [&] { return CreateWallet(session, *arguments); }); });
    wallet->add_subcommand("import", "Take a wallet from recovery words on standard input")
        ->callback([&session, arguments] {
            Run(session, [&] { return ImportWallet(session, *arguments); });
        });
    auto* balance = wallet->add_subcommand("balance", "Show what a wallet holds");
    balance->add_option("--address", arguments->address, "Another wallet than the key's");
    balance->callback(
        [&session, arguments] { Run(session, [&] { return ShowBalance(session, *arguments); }); });
}

}  // namespace berth::cli
