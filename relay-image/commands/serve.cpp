#include "relay-image/commands/command.hpp"
#include "relay-image/relay.hpp"

namespace berth::relay {
namespace {

Exit Refuse(const Invocation& invocation, const Error& error)
{
    invocation.log.Error("not started", {{"reason", error.reason}, {"error", error.message}});
    return Exit::kFailed;
}

Exit Serve(const Invocation& invocation)
{
    const auto read = [&]() -> Result<RelaySettings> {
        const auto loaded = config::Load(DeclaredSettings(), invocation.arguments);
        if (!loaded) return loaded.error();
        return ReadSettings(loaded->config);
    };
    const auto settings = read();
    if (!settings) return Refuse(invocation, settings.error());
    const auto ran = RunRelay(*settings, invocation.clock, invocation.log, read);
    return ran ? Exit::kDone : Refuse(invocation, ran.error());
}

}  // namespace

Subcommand ServeCommand()
{
    return {.name = "serve",
            .arguments = "",
            .help = "Serves until SIGTERM or SIGINT.",
            .options = {},
            .most_words = 0,
            .run = Serve};
}

}  // namespace berth::relay
