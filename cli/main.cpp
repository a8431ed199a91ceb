#include <cstdlib>

#include "cli/commands.hpp"
#include "core/base/version.hpp"

namespace {

constexpr auto kFooter = R"(Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 not allowed,
5 unavailable (nothing was done), 6 unknown (look before you repeat it).)";

std::filesystem::path DefaultKeyFile()
{
    const char* home = std::getenv("HOME");
    return std::filesystem::path{home ? home : "."} / ".config/berth/key";
}

void AddOptions(CLI::App& app, berth::cli::Options& options)
{
    app.add_option("--marketplace", options.marketplace, "Address of the marketplace, host:port")
        ->envname("BERTH_MARKETPLACE")
        ->capture_default_str();
    app.add_option("--marketplace-key", options.marketplace_key,
                   "Its public key, hex or npub; without it the marketplace is asked")
        ->envname("BERTH_MARKETPLACE_KEY");
    app.add_option("--ca-file", options.ca_file, "Certificates to trust instead of the system's")
        ->envname("BERTH_CA_FILE");
    app.add_option("--key-file", options.key_file, "Your secret key")
        ->envname("BERTH_KEY_FILE")
        ->capture_default_str();
    app.add_flag("--plaintext", options.plaintext, "Talk without TLS; for loopback only")
        ->envname("BERTH_PLAINTEXT");
    app.add_flag("--json", options.json, "Print JSON");
}

}  // namespace

int main(int argc, char** argv)
{
    berth::cli::Session session;
    session.options.key_file = DefaultKeyFile();
    CLI::App app{"Berth: Nostr relays, ordered and paid with your own keys.", "berth"};
    app.footer(kFooter);
    app.set_version_flag("--version,-V", "berth " + std::string{berth::Version()});
    app.require_subcommand(1);
    app.fallthrough();
    AddOptions(app, session.options);
    AddKeyCommands(app, session);
    AddOrderCommands(app, session);
    AddPaymentCommands(app, session);
    AddRelayCommands(app, session);
    AddFinanceCommands(app, session);
    AddWalletCommands(app, session);
    AddOperatorCommands(app, session);
    AddDatabaseCommands(app, session);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : static_cast<int>(berth::cli::Exit::kUsage);
    }
    return static_cast<int>(session.exit);
}
