#include <algorithm>
#include <iostream>

#include "relay-image/commands/command.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {
namespace {

constexpr std::string_view kExits =
    "Exit codes: 0 done; 1 failed, or a check found something; 2 wrong usage or settings, nothing\n"
    "was done; 3 some events were refused; 5 the storage does not answer.\n";

const std::vector<Subcommand>& Subcommands()
{
    static const std::vector<Subcommand> all{
        ServeCommand(),   ExportCommand(),    ImportCommand(), DeleteCommand(), CompactCommand(),
        CheckCommand(),   HealthCommand(),    SyncCommand(),   BackupCommand(), RestoreCommand(),
        ArchiveCommand(), UnarchiveCommand(), ClaimsCommand(), BenchCommand()};
    return all;
}

std::vector<config::Setting> SettingsOf(const Subcommand& command)
{
    const auto relay = DeclaredSettings();
    std::vector<config::Setting> settings{command.options.begin(), command.options.end()};
    settings.insert(settings.end(), relay.begin(), relay.end());
    return settings;
}

void PrintOverview(std::ostream& out)
{
    out << "berth-relay: a Nostr relay.\n\nUsage: berth-relay [SUBCOMMAND] [--key=value ...]\n\n";
    for (const auto& command : Subcommands()) {
        std::string line{command.name};
        if (!command.arguments.empty()) line += " " + std::string{command.arguments};
        line.resize(std::max<std::size_t>(line.size() + 2, 20), ' ');
        out << "  " << line << command.help << '\n';
    }
    out << "\nWithout a subcommand it serves. `berth-relay SUBCOMMAND --help` lists the "
           "settings.\n\n"
        << kExits;
}

void PrintHelp(std::ostream& out, const Subcommand& command)
{
    const auto usage = "berth-relay " + std::string{command.name} +
                       (command.arguments.empty() ? "" : " " + std::string{command.arguments}) +
                       " [--config FILE.yaml] [--key=value ...]\n\n" + std::string{command.help};
    out << config::HelpText(usage, SettingsOf(command)) << '\n' << kExits;
}

/// The first argument that is a word, if it is a subcommand's name.
const Subcommand* Named(const std::vector<std::string>& arguments)
{
    if (arguments.empty()) return nullptr;
    const auto found = std::ranges::find(Subcommands(), arguments.front(), &Subcommand::name);
    return found == Subcommands().end() ? nullptr : &*found;
}

Exit Refuse(std::ostream& err, const std::string& text)
{
    err << "berth-relay: " << text << '\n';
    return Exit::kUsage;
}

}  // namespace

Exit Explain(const Invocation& invocation, const Error& error)
{
    invocation.err << "berth-relay: " << error.message << " (" << error.reason << ")\n";
    if (error.code == ErrorCode::kInvalid) return Exit::kUsage;
    return error.reason.starts_with("DATABASE_") ? Exit::kUnavailable : Exit::kFailed;
}

Exit RunProgram(const config::Arguments& arguments, const Clock& clock)
{
    const auto* named = Named(arguments.flags_and_words);
    const auto& command = named ? *named : Subcommands().front();
    if (config::AsksForVersion(arguments)) {
        std::cout << config::VersionText("berth-relay");
        return Exit::kDone;
    }
    if (config::AsksForHelp(arguments)) {
        const bool overview = !named;
        if (overview) PrintOverview(std::cout);
        PrintHelp(std::cout, command);
        return Exit::kDone;
    }
    auto rest = arguments;
    if (named) rest.flags_and_words.erase(rest.flags_and_words.begin());
    auto loaded = config::Load(SettingsOf(command), rest);
    if (!loaded) return Refuse(std::cerr, loaded.error().message);
    if (loaded->words.size() > command.most_words) {
        return Refuse(std::cerr, "\"" + loaded->words[command.most_words] +
                                     "\" is no subcommand and not expected here; see --help.");
    }
    Log log{std::cerr, "berth-relay", clock};
    return command.run({.arguments = rest,
                        .config = loaded->config,
                        .words = loaded->words,
                        .clock = clock,
                        .log = log,
                        .out = std::cout,
                        .err = std::cerr});
}

}  // namespace berth::relay
