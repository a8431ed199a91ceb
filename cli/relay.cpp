#include "cli/commands.hpp"
#include "cli/text.hpp"
#include "core/nostr/encryption.hpp"

namespace berth::cli {
namespace {

/// Opens what was sealed to the caller; the marketplace cannot.
Result<void> ShowAccess(Session& session, const std::string& order)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::GetRelayAccessRequest request;
    request.set_name(OrderName(order));
    const auto access = (*client)->Unary(&v1::OrderService::Stub::GetRelayAccess, request);
    if (!access) return access.error();
    boost::json::object fields{{"relay_url", access->relay_url()},
                               {"dashboard_url", access->dashboard_url()}};
    std::string text = "relay       " + access->relay_url() + "\ndashboard   " + access->dashboard_url() + "\n";
    for (const auto& secret : access->secrets()) {
        const auto opened = nostr::Decrypt44(secret.sealed(), *key, access->sealed_by());
        if (!opened) return opened.error();
        fields[secret.name()] = opened->Expose();
        text += secret.name() + "  " + opened->Expose() + "\n";
    }
    session.Print(fields, text);
    return {};
}

}  // namespace

void AddRelayCommands(CLI::App& app, Session& session)
{
    auto* relay = app.add_subcommand("relay", "Open and test relays")->require_subcommand(1);
    const auto order = Slot<std::string>();
    auto* access = relay->add_subcommand("access", "Show the secrets that open your relay");
    access->add_option("order", *order)->required();
    access->callback([&session, order] { Run(session, [&] { return ShowAccess(session, *order); }); });
}

}  // namespace berth::cli
