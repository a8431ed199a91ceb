#include "berth/v1/relay_service.grpc.pb.h"
#include "cli/commands.hpp"
#include "cli/signed_request.hpp"
#include "cli/text.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::cli {
namespace {

struct BindArguments {
    std::string order;
    std::string relay_key_file;
};

std::string Describe(const v1::Relay& relay)
{
    std::string text = "order            " + relay.order() + "\nrelay key        " +
                       relay.relay_key() + "\npayee            " + relay.payee() + " (" +
                       relay.network() + ")\ndestination tag  " +
                       std::to_string(relay.destination_tag()) + "\n";
    for (const auto& revenue : relay.revenue()) {
        text += "revenue          " + revenue.verified() + " of " + revenue.asset() +
                " owed to you, " + revenue.reported() + " taken by the relay itself\n";
    }
    return text;
}

Result<nostr::SecretKey> ReadRelayKey(const std::string& path)
{
    const auto text = ReadFile(path, 4096);
    if (!text) return text.error();
    return nostr::SecretKey::Parse(text->substr(0, text->find_last_not_of(" \n\r\t") + 1));
}

/// Binds a relay's key to an order of the caller's: both keys sign.
Result<void> Bind(Session& session, const BindArguments& arguments)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto relay_key = ReadRelayKey(arguments.relay_key_file);
    if (!relay_key) return relay_key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    const auto order = OrderName(arguments.order);
    const auto text = "berth-relay:1:" + *marketplace + ':' + key->pubkey() + ':' +
                      order.substr(order.find('/') + 1);
    v1::RelayTerms terms;
    terms.set_order(order);
    terms.set_relay_key(relay_key->pubkey());
    terms.set_proof(ToHex(relay_key->Sign(Sha256(text))));
    v1::RegisterRelayRequest request;
    request.set_event(SignTerms(kRelayKind, terms, *marketplace, *key, SystemClock{}.Now()));
    const auto bound = (*client)->Unary(&v1::RelayService::Stub::RegisterRelay, request);
    if (!bound) return bound.error();
    session.Print(bound->relay(), Describe(bound->relay()));
    return {};
}

Result<void> ShowRevenue(Session& session, const std::string& order)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::GetRelayRequest request;
    request.set_order(OrderName(order));
    const auto found = (*client)->Unary(&v1::RelayService::Stub::GetRelay, request);
    if (!found) return found.error();
    session.Print(found->relay(), Describe(found->relay()));
    return {};
}

}  // namespace

void AddRelayPaymentCommands(CLI::App& relay, Session& session)
{
    auto* bind = relay.add_subcommand("bind", "Let the marketplace verify what users pay");
    const auto arguments = Slot<BindArguments>();
    bind->add_option("order", arguments->order)->required();
    bind->add_option("--relay-key-file", arguments->relay_key_file, "The relay's own secret key")
        ->required();
    bind->callback(
        [&session, arguments] { Run(session, [&] { return Bind(session, *arguments); }); });

    auto* revenue = relay.add_subcommand("revenue", "Show what users paid to your relay");
    const auto order = Slot<std::string>();
    revenue->add_option("order", *order)->required();
    revenue->callback(
        [&session, order] { Run(session, [&] { return ShowRevenue(session, *order); }); });
}

}  // namespace berth::cli
