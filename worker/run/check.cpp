#include "worker/run/check.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/probe/http_client.hpp"
#include "worker/provision/publish_dns.hpp"
#include "worker/wallet/ordered_places.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// Prints what each check came to.
class Checks {
public:
    explicit Checks(std::ostream& out) : out_{out} {}

    template <typename Call>
    bool Try(const std::string& what, Call call)
    {
        const Result<std::string> said = call(Deadline::After(30s));
        out_ << (said ? "ok      " : "failed  ") << what << ": "
             << (said ? *said : said.error().reason + ": " + said.error().message) << std::endl;
        all_well_ = all_well_ && said.has_value();
        return said.has_value();
    }
    void Skip(const std::string& what, const std::string& why)
    {
        out_ << "skipped " << what << ": " << why << std::endl;
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
        return Fail(ErrorCode::kInvalid, "WRONG_CHAIN",
                    "It serves " + status->chain_id + ", but `akash.chain_id` is " +
                        settings.akash.chain_id + ".");
    }
    if (status->catching_up) {
        return Fail(ErrorCode::kUnavailable, "NODE_BEHIND", "It is catching up.");
    }
    return "height " + std::to_string(status->height) + " of " + status->chain_id;
}

Result<std::string> Balance(Machine& machine, const std::string& address, const std::string& denom,
                            std::int64_t least, Deadline deadline)
{
    const auto balance = machine.chain.Balance(address, denom, deadline);
    if (!balance) return balance.error();
    if (*balance < money::Amount{least}) {
        return Fail(ErrorCode::kPrecondition, "INSUFFICIENT_FUNDS",
                    "The wallet " + address + " holds " + balance->ToString() + denom +
                        " and needs at least " + std::to_string(least) + denom + ".");
    }
    return balance->ToString() + denom;
}

Result<std::string> LeastDeposit(Machine& machine, const std::string& denom, Deadline deadline)
{
    const auto minimums = machine.chain.DepositMinimums(deadline);
    if (!minimums) return minimums.error();
    const auto least = minimums->find(denom);
    if (least == minimums->end()) {
        return Fail(ErrorCode::kInvalid, "DENOM_NOT_ACCEPTED",
                    "The chain takes no deposits in " + denom + " (`akash.denom`).");
    }
    return "the chain takes deposits from " + least->second.ToString() + denom;
}

/// A message that costs nothing even if somebody sent it: one micro-unit from the wallet to itself.
std::string Harmless(const std::string& address, const std::string& denom)
{
    return R"({"@type":"/cosmos.bank.v1beta1.MsgSend","from_address":")" + address +
           R"(","to_address":")" + address + R"(","amount":[{"denom":")" + denom +
           R"(","amount":"1"}]})";
}

Result<std::string> Signature(Machine& machine, const std::string& address,
                              const Settings& settings, Deadline deadline)
{
    const auto& denom = settings.akash.gas_denom;
    const std::vector messages{Harmless(address, denom)};
    std::string how = "signed and simulated, not sent";
    auto made = machine.signer.Sign(messages, {}, deadline);
    if (!made && made.error().reason == "UNORDERED_REFUSED") {
        const auto status = machine.chain.Status(deadline);
        if (!status) return status.error();
        const auto place =
            OrderedPlaces{machine.chain, machine.pace}.Next(address, status->height, {}, deadline);
        if (!place) return place.error();
        made = machine.signer.Sign(messages, *place, deadline);
        how += ", in order since the node takes no unordered transactions";
    }
    if (!made) return made.error();
    return how + "; the fee would be " + made->fee_uakt.ToString() + denom;
}

/// What needs the wallet's key. Nothing is sent.
void CheckWallet(Machine& machine, const Settings& settings, Checks& checks)
{
    const auto& wallet = settings.wallet;
    std::string address;
    const bool has_key = checks.Try("wallet's key", [&](Deadline d) {
        const auto known = machine.signer.Address(d);
        if (known) address = *known;
        return known;
    });
    if (!has_key) {
        for (const auto* what : {"gas money", "deposit money", "signing"}) {
            checks.Skip(what, "it needs the wallet's key.");
        }
        return;
    }
    checks.Try("gas money", [&](Deadline d) {
        return Balance(machine, address, wallet.gas_denom, wallet.least_gas, d);
    });
    checks.Try("deposit money", [&](Deadline d) {
        return Balance(machine, address, wallet.deposit_denom, wallet.least_deposit, d);
    });
    checks.Try("signing", [&](Deadline d) { return Signature(machine, address, settings, d); });
}

Result<std::string> ProbeRecord(Machine& machine, const Settings& settings, Deadline deadline)
{
    const auto name = "check-" + ToBase32(RandomBytes(8)) + "." + settings.dns.zone;
    const auto record = EdgeRecord(name, settings.public_edge, settings.dns.ttl);
    const auto made = machine.dns.Upsert(record, deadline);
    const auto removed = machine.dns.Remove(record.name, deadline);
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
    checks.Try("deposits",
               [&](Deadline d) { return LeastDeposit(machine, settings.wallet.deposit_denom, d); });
    CheckWallet(machine, settings, checks);
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
