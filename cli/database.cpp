#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/commands.hpp"

namespace berth::cli {
namespace {

struct MigrateArguments {
    std::string program = "berth-marketplace";
    std::string config;
};

/// Becomes the marketplace's program: only that one knows its database.
Result<void> Become(const MigrateArguments& arguments, bool status_only)
{
    std::vector<std::string> words{arguments.program, "migrate", "--config", arguments.config};
    if (status_only) words.emplace_back("--status");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED",
                arguments.program + ": " + std::strerror(errno));
}

}  // namespace

void AddDatabaseCommands(CLI::App& app, Session& session)
{
    auto* database =
        app.add_subcommand("db", "Keep the marketplace's database")->require_subcommand(1);
    const auto arguments = Slot<MigrateArguments>();
    database->add_option("--program", arguments->program)->capture_default_str();
    database->add_option("--config", arguments->config, "Configuration of the marketplace")
        ->required();
    database->add_subcommand("migrate", "Apply what is missing")->callback([&session, arguments] {
        Run(session, [&] { return Become(*arguments, false); });
    });
    database->add_subcommand("status", "List what is applied and what is not")
        ->callback(
            [&session, arguments] { Run(session, [&] { return Become(*arguments, true); }); });
}

}  // namespace berth::cli
