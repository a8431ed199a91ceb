#include "tests/integration/access/attempts.hpp"

#include "berth/v1/finance_service.pb.h"
#include "berth/v1/operator_service.pb.h"
#include "berth/v1/order_service.pb.h"
#include "berth/v1/payment_service.pb.h"
#include "berth/v1/relay_service.pb.h"
#include "berth/v1/worker_service.pb.h"
#include "cli/signed_request.hpp"
#include "core/base/clock.hpp"

namespace berth::test {
namespace {

using nostr::SecretKey;
using Fill = std::function<void(google::protobuf::Message&, const Side&)>;

constexpr int kAmendKind = 24411;

/// A read: the request names what is the victim's.
template <typename Request>
Attempt Read(Whose whose, void (*fill)(Request&, const Side&), bool owner_sees_it = true)
{
    return {Door::kKey, whose,
            [fill](const SecretKey&, const Side& victim, const std::string&) {
                Request request;
                fill(request, victim);
                return request.SerializeAsString();
            },
            owner_sees_it};
}

/// A signed request: the intruder signs terms that name what is the victim's.
template <typename Request, typename Terms>
Attempt Sign(Whose whose, int kind, void (*fill)(Terms&, const Side&))
{
    return {Door::kSigned, whose,
            [kind, fill](const SecretKey& intruder, const Side& victim,
                         const std::string& marketplace) {
                Terms terms;
                fill(terms, victim);
                Request request;
                request.set_event(
                    cli::SignTerms(kind, terms, marketplace, intruder, SystemClock{}.Now()));
                return request.SerializeAsString();
            }};
}

/// A read that shows the caller his own, whatever it names.
template <typename Request>
Attempt ReadOwn(Whose whose, void (*fill)(Request&, const Side&), bool owner_sees_it = true)
{
    auto attempt = Read<Request>(whose, fill, owner_sees_it);
    attempt.refused = false;
    return attempt;
}

template <typename Request>
Attempt Open()
{
    return {Door::kOpen, Whose::kNobodys,
            [](const SecretKey&, const Side&, const std::string&) {
                return Request{}.SerializeAsString();
            },
            false, false};
}

/// Requests that name nothing: what they show is the caller's own.
template <typename Request>
void Nothing(Request&, const Side&)
{
}

template <typename Request>
void NameOrder(Request& request, const Side& victim)
{
    request.set_name(victim.order);
}

template <typename Request>
void NameWorker(Request& request, const Side& victim)
{
    request.set_worker(victim.worker);
}

void ReportStep(v1::RecordStepsRequest& request, const Side& victim)
{
    request.set_worker(victim.worker);
    auto& report = *request.add_reports();
    report.set_job(victim.job);
    report.set_epoch(1);
    report.set_step("prepare");
    report.set_sequence(1);
    report.mutable_failed()->set_reason("INTRUDED");
}

void KeepLease(v1::HeartbeatRequest& request, const Side& victim)
{
    request.set_worker(victim.worker);
    auto& lease = *request.add_leases();
    lease.set_job(victim.job);
    lease.set_epoch(1);
}

void TakeWallet(v1::ReportWalletsRequest& request, const Side& victim)
{
    request.set_worker(victim.worker);
    auto& wallet = *request.add_wallets();
    wallet.set_address(victim.wallet);
    wallet.set_ready(true);
}

void StealChannel(v1::ChannelTerms& terms, const Side& victim)
{
    terms.set_rail("xrp");
    terms.set_channel_id(victim.channel_id);
    terms.set_proof(std::string(128, '0'));
}

void StealCredit(v1::ClaimTerms& terms, const Side& victim)
{
    terms.set_rail("xrp");
    terms.set_channel_id(victim.channel_id);
    terms.set_cumulative("800");
    terms.set_signature(std::string(128, '0'));
    terms.set_order(victim.order);
}

std::map<std::string, Attempt> OrderAttempts()
{
    const std::string service = "berth.v1.OrderService.";
    return {
        {service + "ListPlans", Open<v1::ListPlansRequest>()},
        {service + "QuoteOrder", Open<v1::QuoteOrderRequest>()},
        {service + "PlaceOrder",
         Sign<v1::PlaceOrderRequest, v1::CancelTerms>(
             Whose::kCustomers, cli::kOrderKind,
             [](v1::CancelTerms& terms, const Side& victim) { terms.set_order(victim.order); })},
        {service + "GetOrder", Read<v1::GetOrderRequest>(Whose::kCustomers, NameOrder)},
        {service + "ListOrders", ReadOwn<v1::ListOrdersRequest>(Whose::kCustomers, Nothing)},
        {service + "WatchOrder", Read<v1::WatchOrderRequest>(Whose::kCustomers, NameOrder)},
        {service + "AmendOrder",
         Sign<v1::AmendOrderRequest, v1::AmendTerms>(Whose::kCustomers, kAmendKind,
                                                     [](v1::AmendTerms& terms, const Side& victim) {
                                                         terms.set_order(victim.order);
                                                         terms.set_relay_name("intruded");
                                                     })},
        {service + "CancelOrder",
         Sign<v1::CancelOrderRequest, v1::CancelTerms>(
             Whose::kCustomers, cli::kCancelKind,
             [](v1::CancelTerms& terms, const Side& victim) { terms.set_order(victim.order); })},
        {service + "GetOrderLogs", Read<v1::GetOrderLogsRequest>(Whose::kCustomers, NameOrder)},
        {service + "GetRelayAccess", Read<v1::GetRelayAccessRequest>(Whose::kCustomers, NameOrder)},
    };
}

std::map<std::string, Attempt> PaymentAttempts()
{
    const std::string service = "berth.v1.PaymentService.";
    return {
        {service + "RegisterChannel",
         Sign<v1::RegisterChannelRequest>(Whose::kCustomers, cli::kChannelKind, StealChannel)},
        {service + "SubmitClaim",
         Sign<v1::SubmitClaimRequest>(Whose::kCustomers, cli::kClaimKind, StealCredit)},
        {service + "CreateInvoice", Read<v1::CreateInvoiceRequest>(
                                        Whose::kCustomers,
                                        [](v1::CreateInvoiceRequest& request, const Side& victim) {
                                            request.set_rail("xrp");
                                            request.set_order(victim.order);
                                        },
                                        false)},
        {service + "GetChannel", Read<v1::GetChannelRequest>(
                                     Whose::kCustomers,
                                     [](v1::GetChannelRequest& request, const Side& victim) {
                                         request.set_name("channels/xrp-" + victim.channel_id);
                                     },
                                     false)},
        {service + "ListClaims", ReadOwn<v1::ListClaimsRequest>(Whose::kCustomers, Nothing)},
        {service + "WatchBalance",
         ReadOwn<v1::WatchBalanceRequest>(Whose::kCustomers, Nothing, false)},
    };
}

std::map<std::string, Attempt> WorkerAttempts()
{
    const std::string service = "berth.v1.WorkerService.";
    return {
        {service + "RegisterWorker",
         ReadOwn<v1::RegisterWorkerRequest>(Whose::kOperators, NameWorker, false)},
        {service + "AcquireJobs",
         ReadOwn<v1::AcquireJobsRequest>(Whose::kOperators, NameWorker, false)},
        {service + "Heartbeat", ReadOwn<v1::HeartbeatRequest>(Whose::kOperators, KeepLease, false)},
        {service + "RecordSteps",
         ReadOwn<v1::RecordStepsRequest>(Whose::kOperators, ReportStep, false)},
        {service + "ReportWallets",
         ReadOwn<v1::ReportWalletsRequest>(Whose::kOperators, TakeWallet, false)},
    };
}

std::map<std::string, Attempt> OperatorAttempts()
{
    const std::string service = "berth.v1.OperatorService.";
    return {
        {service + "Act", Sign<v1::ActRequest, v1::OperatorAction>(
                              Whose::kOperators, cli::kOperatorActionKind,
                              [](v1::OperatorAction& action, const Side& victim) {
                                  action.mutable_pause_plan()->set_plan(victim.plan);
                                  action.mutable_pause_plan()->set_paused(true);
                              })},
        {service + "ListWallets", ReadOwn<v1::ListWalletsRequest>(Whose::kOperators, Nothing)},
        {service + "ListOperatorOrders",
         ReadOwn<v1::ListOperatorOrdersRequest>(Whose::kOperators, Nothing)},
        {service + "ListOperators",
         Read<v1::ListOperatorsRequest>(Whose::kOperators, Nothing, false)},
        {service + "ListPrices", Open<v1::ListPricesRequest>()},
    };
}

template <typename Request>
void NameCustomer(Request& request, const Side& victim)
{
    request.set_customer(victim.customer.pubkey());
}

void StealRelay(v1::RelayTerms& terms, const Side& victim)
{
    terms.set_order(victim.order);
    terms.set_relay_key(victim.relay_key.pubkey());
    terms.set_proof(std::string(128, '0'));
}

void StealPayment(v1::VerifyPaymentRequest& request, const Side& victim)
{
    request.set_currency("XRP");
    request.set_channel_id(victim.channel_id);
    request.set_cumulative("800");
    request.set_nonce(2);
    request.set_signature(std::string(128, '0'));
    request.set_author(victim.customer.pubkey());
    request.set_event_id(std::string(64, '0'));
}

/// Reports of a relay go to its own owner, whoever the report names; a relay's key only.
void ReportMuch(v1::ReportRevenueRequest& request, const Side&)
{
    request.set_asset("gold");
    request.set_received("1000000");
}

std::map<std::string, Attempt> RelayAttempts()
{
    const std::string service = "berth.v1.RelayService.";
    return {
        {service + "RegisterRelay",
         Sign<v1::RegisterRelayRequest>(Whose::kCustomers, cli::kRelayKind, StealRelay)},
        {service + "GetRelay",
         Read<v1::GetRelayRequest>(Whose::kCustomers,
                                   [](v1::GetRelayRequest& request, const Side& victim) {
                                       request.set_order(victim.order);
                                   })},
        {service + "VerifyPayment",
         Read<v1::VerifyPaymentRequest>(Whose::kCustomers, StealPayment, false)},
        {service + "ReportRevenue",
         Read<v1::ReportRevenueRequest>(Whose::kCustomers, ReportMuch, false)},
    };
}

std::map<std::string, Attempt> FinanceAttempts()
{
    const std::string service = "berth.v1.FinanceService.";
    return {
        {service + "CreateSession",
         ReadOwn<v1::CreateSessionRequest>(Whose::kNobodys, Nothing, false)},
        {service + "GetMargin", Read<v1::GetMarginRequest>(Whose::kOperators, NameCustomer, false)},
        {service + "ListMargins",
         ReadOwn<v1::ListMarginsRequest>(Whose::kOperators, Nothing, false)},
        {service + "ListEntries", ReadOwn<v1::ListEntriesRequest>(Whose::kOperators, NameCustomer)},
        {service + "GetStatement",
         ReadOwn<v1::GetStatementRequest>(Whose::kCustomers, NameCustomer, false)},
        {service + "Export",
         ReadOwn<v1::ExportRequest>(Whose::kOperators,
                                    [](v1::ExportRequest& request, const Side& victim) {
                                        request.set_format("csv");
                                        request.set_customer(victim.customer.pubkey());
                                    })},
    };
}

}  // namespace

const std::map<std::string, Attempt>& Attempts()
{
    static const auto all = [] {
        auto attempts = OrderAttempts();
        attempts.merge(PaymentAttempts());
        attempts.merge(WorkerAttempts());
        attempts.merge(OperatorAttempts());
        attempts.merge(FinanceAttempts());
        attempts.merge(RelayAttempts());
        return attempts;
    }();
    return all;
}

}  // namespace berth::test
