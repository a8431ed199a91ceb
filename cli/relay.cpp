#include "cli/commands.hpp"
#include "cli/text.hpp"
#include "core/base/file.hpp"
#include "core/nostr/encryption.hpp"
#include "core/probe/relay_probe.hpp"

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
    std::string text =
        "relay       " + access->relay_url() + "\ndashboard   " + access->dashboard_url() + "\n";
    for (const auto& secret : access->secrets()) {
        const auto opened = nostr::Decrypt44(secret.sealed(), *key, access->sealed_by());
        if (!opened) return opened.error();
        fields[secret.name()] = opened->Expose();
        text += secret.name() + "  " + opened->Expose() + "\n";
    }
    session.Print(fields, text);
    return {};
}

constexpr std::chrono::seconds kTestLimit{60};

struct TestArguments {
    std::string url;
    std::string ca_file;
    std::string password_file;
    std::vector<std::string> resolvers;
    std::vector<std::string> allow_networks;
    int connect_port = 0;
    bool dashboard = true;
};

/// The report as people and machines read it, by the same words as the marketplace's.
v1::AcceptanceReport ToProto(const probe::ProbeReport& report)
{
    v1::AcceptanceReport message;
    message.set_accepted(report.accepted);
    message.set_prober("customer");
    message.set_nonce_event(report.nonce_event_id);
    message.set_connect_address(report.connect_address);
    for (const auto& check : report.checks) {
        auto* item = message.add_checks();
        item->set_name(check.name);
        item->set_passed(check.passed);
        item->set_detail(check.detail);
        item->set_latency_micros(check.latency.count());
    }
    return message;
}

/// Probes a relay as the marketplace does, with the caller's key; without one, with a passing one.
Result<void> TestRelay(Session& session, const TestArguments& arguments)
{
    auto key = session.Key();
    if (!key) key = nostr::SecretKey::Generate();
    auto addresses = probe::AddressPolicy::Parse(arguments.allow_networks);
    if (!addresses) return addresses.error();
    probe::ProbeRequest request{.relay_url = arguments.url, .connect_port = arguments.connect_port};
    request.has_dashboard = arguments.dashboard;
    request.checks_authoritative = false;
    if (!arguments.password_file.empty()) {
        const auto password = ReadFile(arguments.password_file, 4096);
        if (!password) return password.error();
        request.dashboard_password = Secret{password->substr(0, password->find('\n'))};
    }
    const SystemClock clock;
    probe::NetworkRelayProbe::Options options;
    options.resolvers = arguments.resolvers;
    options.addresses = std::move(*addresses);
    options.ca_file = arguments.ca_file;
    probe::NetworkRelayProbe prober{std::move(options), *key, clock};
    const auto report = ToProto(prober.Run(request, Deadline::After(kTestLimit)));
    session.Print(report, Describe(report));
    if (!report.accepted()) session.exit = Exit::kFailed;
    return {};
}

void AddTest(CLI::App& relay, Session& session)
{
    auto* test = relay.add_subcommand("test", "Probe a relay through its public name");
    const auto arguments = Slot<TestArguments>();
    test->add_option("url", arguments->url, "wss://...")->required();
    test->add_option("--relay-ca-file", arguments->ca_file, "Certificates to trust for the relay");
    test->add_option("--dashboard-password-file", arguments->password_file);
    test->add_option("--resolver", arguments->resolvers, "Name server to ask, address:port");
    test->add_option("--allow-network", arguments->allow_networks,
                     "Private network that may be reached");
    test->add_option("--connect-port", arguments->connect_port,
                     "Where the edge listens if not on the URL's port");
    test->add_flag("!--no-dashboard", arguments->dashboard, "The relay has no dashboard");
    test->callback(
        [&session, arguments] { Run(session, [&] { return TestRelay(session, *arguments); }); });
}

}  // namespace

void AddRelayCommands(CLI::App& app, Session& session)
{
    auto* relay = app.add_subcommand("relay", "Open and test relays")->require_subcommand(1);
    const auto order = Slot<std::string>();
    auto* access = relay->add_subcommand("access", "Show the secrets that open your relay");
    access->add_option("order", *order)->required();
    access->callback(
        [&session, order] { Run(session, [&] { return ShowAccess(session, *order); }); });
    AddTest(*relay, session);
    AddRelayPaymentCommands(*relay, session);
}

}  // namespace berth::cli
