#include "marketplace/proof/verify_relay.hpp"

#include <charconv>

#include "marketplace/orders/order_reading.hpp"
#include "marketplace/payments/price_store.hpp"
#include "marketplace/proof/lease_store.hpp"

namespace berth::proof {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgain = 2s;
constexpr auto kNextBlock = 1s;

/// The port of `address:port`, as the operator's edge was told to us; 0 for the usual one.
int PortOf(const std::string& address)
{
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return 0;
    int port = 0;
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    return port > 0 && port < 65536 ? port : 0;
}

boost::json::object LimitsOf(const v1::RelayLimits& limits)
{
    boost::json::object expected;
    const auto add = [&](const char* name, int value) {
        if (value > 0) expected[name] = value;
    };
    add("max_message_length", limits.max_message_bytes());
    add("max_subscriptions", limits.max_subscriptions());
    add("max_filters", limits.max_filters());
    add("max_limit", limits.max_limit());
    expected["auth_required"] = limits.auth_required();
    return expected;
}

probe::ProbeRequest RequestFor(const orders::OrderRow& order)
{
    return {.relay_url = "wss://" + orders::PublicName(order),
            .connect_port = PortOf(order.facts.connect_address()),
            .expected_limits = LimitsOf(order.plan.limits()),
            .has_dashboard = order.plan.image().find("berth-relay") != std::string::npos};
}

v1::AcceptanceReport ToProto(const probe::ProbeReport& report, Time now)
{
    v1::AcceptanceReport proto;
    proto.set_accepted(report.accepted);
    proto.set_prober("marketplace");
    proto.set_time(now.time_since_epoch().count());
    proto.set_nonce_event(report.nonce_event_id);
    proto.set_connect_address(report.connect_address);
    for (const auto& check : report.checks) {
        auto& row = *proto.add_checks();
        row.set_name(check.name);
        row.set_passed(check.passed);
        row.set_detail(check.detail);
        row.set_latency_micros(check.latency.count());
    }
    return proto;
}

std::string FirstFailure(const probe::ProbeReport& report)
{
    for (const auto& check : report.checks) {
        if (!check.passed) return check.name + ": " + check.detail;
    }
    return "a complete probe";
}

/// Books the deposit that the chain shows, once an order, however often it is proven.
void PostDeposit(pqxx::work& tx, const orders::OrderRow& order, const LeaseReading& lease, Time now)
{
    const auto worth = payments::WorthNow(tx, lease.lease.price.denom, DepositOf(lease));
    ledger::PostEscrowDeposit(tx, OwnerOf(order), std::to_string(order.dseq), worth, now);
}

/// The chain shows another lease than the order may have; looking again does not help.
bool IsFinal(const Error& error)
{
    return error.reason == "LEASE_MISMATCH" || error.reason == "LEASE_TOO_DEAR" ||
           error.reason == "LEASE_UNPRICED";
}

}  // namespace

Result<LeaseReading> VerifyRelay::CheckedLease(const orders::OrderRow& order, Deadline deadline)
{
    auto lease = ReadLease(parts_.chain, order, deadline);
    if (!lease) return lease;
    parts_.pace.Note(lease->status);
    const auto& denom = lease->lease.price.denom;
    const auto newest = parts_.catalogue.LastPrice(denom);
    if (!newest) return newest.error();
    const auto price = PriceForLease(denom, *newest);
    if (!price) return price.error();
    const auto bearable = CheckCeiling(*lease, order, *price, parts_.pace);
    if (!bearable) return bearable.error();
    return lease;
}

Result<queue::DutyOutcome> VerifyRelay::Run(const queue::Job& job, Deadline deadline)
{
    const auto read = Read(job);
    if (!read) return read.error();
    const auto lease = CheckedLease(*read, deadline);
    const auto report =
        lease ? parts_.probe.Run(RequestFor(*read), deadline) : probe::ProbeReport{};
    return Change(job,
                  [&](pqxx::work& tx, orders::OrderRow& order, queue::Job& held,
                      Time now) -> Result<Outcome> {
                      if (!lease && (held.step_overdue || IsFinal(lease.error()))) {
                          return GiveUp(tx, order, held, lease.error(), now);
                      }
                      if (!lease && lease.error().reason == "NO_BLOCK_PACE") {
                          return Outcome::Again(kNextBlock, "the measured time of a block");
                      }
                      if (!lease) return lease.error();
                      order.acceptance = ToProto(report, now);
                      orders::Save(tx, order);
                      if (lease->lease.state != "active") {
                          return GiveUp(tx, order, held,
                                        Fail(ErrorCode::kPrecondition, "LEASE_CLOSED",
                                             "The provider closed the lease."),
                                        now);
                      }
                      if (!report.accepted && held.step_overdue) {
                          return GiveUp(
                              tx, order, held,
                              Fail(ErrorCode::kPrecondition, "RELAY_NOT_PROVEN",
                                   "The relay did not pass " + FirstFailure(report) + "."),
                              now);
                      }
                      if (!report.accepted) return Outcome::Again(kAgain, FirstFailure(report));
                      AddLease(tx, order, *lease);
                      PostDeposit(tx, order, *lease, now);
                      return Next(tx, order, held);
                  });
}

}  // namespace berth::proof
