#include "worker/run/check.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/probe/http_client.hpp"
#include "worker/provision/publish_dns.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// Prints what each check came to.
class Checks {
public:
    explicit Checks(std::ostream& out) : out_{out} {}

    template <typename Call>
    void Try(const std::string& what, Call call)
    {
        const Result<std::string> said = call(Deadline::After(30s));
        out_ << (said ? "ok      " : "failed  ") << what << ": "
             << (said ? *said : said.error().reason + ": " + said.error().message) << std::endl;
        all_well_ = all_well_ && said.has_value();
    }
    bool all_well() const { return all_well_; }

private:
    std::ostream& out_;
    bool all_well_ = true;
};

Result<std::string> Node(const std::string& node, Machine& machine, const Settings& settings,
                         Deadline deadline)
{
    auto programs = settings.akash;
    programs.nodes = {node};
    akash::CliChainReader reader{machine.chain_programs, programs};
    const auto status = reader.Status(deadline);
    if (!status) return status.error();
    if (status->chain_id != settings.akash.chain_id) {
        return Fail(ErrorCode::kInvalid, "WRONG_CHAIN", "It serves " + status->chain_id + ".");
    }
    if (status->catching_up) {
        return Fail(ErrorCode::kUnavailable, "NODE_BEHIND", "It is catching up.");
    }
    return "height " + std::to_string(status->height) + " of " + status->chain_id;
}

Result<std::string> Balance(Machine& machine, const std::string& denom, std::int64_t least,
                            Deadline deadline)
{
    const auto address = machine.signer.Address(deadline);
    if (!address) return address.error();
    const auto balance = machine.chain.Balance(*address, denom, deadline);
    if (!balance) return balance.error();
    if (*balance < money::Amount{least}) {
        return Fail(
            ErrorCode::kPrecondition, "INSUFFICIENT_FUNDS",
            balance->ToString() + denom + ", at least " + std::to_string(least) + " needed");
    }
    return balance->ToString() + denom;
}

/// A message that costs nothing even if somebody sent it: one micro-unit from the wallet to itself.
std::string Harmless(const std::string& address, const std::string& denom)
{
    return R"({"@type":"/cosmos.bank.v1beta1.MsgSend","from_address":")" + address +
           R"(","to_address":")" + address + R"(","amount":[{"denom":")" + denom +
           R"(","amount":"1"}]})";
}

Result<std::string> Signature(Machine& machine, const Settings& settings, Deadline deadline)
{
    const auto address = machine.signer.Address(deadline);
    if (!address) return address.error();
    const auto made = machine.signer.Sign({Harmless(*address, settings.akash.gas_denom)}, {}, deadline);
    if (!made) return made.error();
    return "signed and simulated, not sent; the fee would be " + made->fee_uakt.ToString() +
           settings.akash.gas_denom;
}

Result<std::string> ProbeRecord(Machine& machine, const Settings& settings, Deadline deadline)
{
    const auto name = "check-" + ToBase32(RandomBytes(8)) + "." + settings.dns.zone;
    const auto record = EdgeRecord(name, settings.public_edge, settings.dns.ttl);
    const auto made = machine.dns.Upsert(record, deadline);
    const auto removed = machine.dns.Remove(record.name, record.type, deadline);
    if (!made) return made.error();
    if (!removed) return removed.error();
    return "a record was published at every server and removed";
}

Result<std::string> Directory(Machine& machine, const Settings& settings, Deadline deadline)
{
    const auto response = probe::Fetch(
        {.url = settings.acme.directory},
        {.resolver = &machine.resolver, .ca_file = settings.acme.ca_file.string()}, deadline);
    if (!response) return response.error();
    if (response->body.find("newOrder") == std::string::npos) {
        return Fail(ErrorCode::kUnavailable, "ACME_UNAVAILABLE", "It is no ACME directory.");
    }
    return settings.acme.directory;
}

/// An empty heartbeat: authenticated as the operator, and nothing changes.
Result<std::string> Session(Marketplace& marketplace, const Settings& settings, Deadline deadline)
{
    v1::HeartbeatRequest request;
    request.set_worker(settings.name);
    const auto response = marketplace.Heartbeat(request, deadline);
    if (!response && response.error().reason != "NOT_REGISTERED") return response.error();
    return settings.marketplace.address;
}

}  // namespace

bool CheckEverything(Machine& machine, Marketplace& marketplace, const Settings& settings,
                     std::ostream& out)
{
    Checks checks{out};
    for (const auto& node : settings.akash.nodes) {
        checks.Try("node " + node, [&](Deadline d) { return Node(node, machine, settings, d); });
    }
    checks.Try("wallet's key", [&](Deadline d) { return machine.signer.Address(d); });
    checks.Try("gas money", [&](Deadline d) {
        return Balance(machine, settings.wallet.gas_denom, settings.wallet.least_gas, d);
    });
    checks.Try("deposit money", [&](Deadline d) {
        return Balance(machine, settings.wallet.deposit_denom, settings.wallet.least_deposit, d);
    });
    checks.Try("signing", [&](Deadline d) { return Signature(machine, settings, d); });
    checks.Try("name server", [&](Deadline d) { return ProbeRecord(machine, settings, d); });
    checks.Try("edge", [&](Deadline d) -> Result<std::string> {
        const auto alive = machine.edge.Ping(d);
        if (!alive) return alive.error();
        return settings.edge.socket.string();
    });
    checks.Try("certificate authority",
               [&](Deadline d) { return Directory(machine, settings, d); });
    checks.Try("marketplace", [&](Deadline d) { return Session(marketplace, settings, d); });
    return checks.all_well();
}

}  // namespace berth::worker
