#include "marketplace/method_table.hpp"

#include <algorithm>

namespace berth::marketplace {
namespace {

using claims::PaymentHandlers;
using ledger::FinanceHandlers;
using operators::OperatorHandlers;
using orders::OrderHandlers;
using orders::WorkerHandlers;
using relays::RelayHandlers;
using rpc::Inline;
using rpc::Route;
using enum rpc::Access;

constexpr std::int32_t kJobWaitMaxMillis = 25'000;  // Below the deadline of a call.

/// AcquireJobs waits until a job of the operator's may be due.
constexpr rpc::Patience<v1::AcquireJobsRequest, v1::AcquireJobsResponse> kUntilAJobIsDue{
    .topic = [](const call::Call& call) { return "queue/" + call.caller; },
    .wait =
        [](const v1::AcquireJobsRequest& request) {
            return std::chrono::milliseconds{
                std::clamp(request.wait_millis(), 0, kJobWaitMaxMillis)};
        },
    .done = [](const v1::AcquireJobsResponse& response) { return response.jobs_size() > 0; }};

}  // namespace

std::vector<rpc::Method> MethodTable(const Handlers& to)
{
    return {
        Route(kAnybody, to.orders, &OrderHandlers::ListPlans),
        Route(kAnybody, to.orders, &OrderHandlers::QuoteOrder),
        Inline(Route(kSignedEvent, to.orders, &OrderHandlers::PlaceOrder)),
        Route(kKey, to.orders, &OrderHandlers::GetOrder),
        Route(kKey, to.orders, &OrderHandlers::ListOrders),
        Route(kKey, to.orders, &OrderHandlers::WatchOrder),
        Route(kSignedEvent, to.orders, &OrderHandlers::AmendOrder),
        Route(kSignedEvent, to.orders, &OrderHandlers::CancelOrder),
        Route(kKey, to.orders, &OrderHandlers::GetOrderLogs),
        Route(kKey, to.orders, &OrderHandlers::GetRelayAccess),

        Route(kSignedEvent, to.payments, &PaymentHandlers::RegisterChannel),
        Route(kSignedEvent, to.payments, &PaymentHandlers::SubmitClaim),
        Route(kKey, to.payments, &PaymentHandlers::CreateInvoice),
        Route(kKey, to.payments, &PaymentHandlers::GetChannel),
        Route(kKey, to.payments, &PaymentHandlers::ListClaims),
        Route(kKey, to.payments, &PaymentHandlers::WatchBalance),

        Route(kOperator, to.workers, &WorkerHandlers::RegisterWorker),
        Route(kOperator, to.workers, &WorkerHandlers::AcquireJobs, kUntilAJobIsDue),
        Route(kOperator, to.workers, &WorkerHandlers::Heartbeat),
        Route(kOperator, to.workers, &WorkerHandlers::RecordSteps),
        Route(kOperator, to.workers, &WorkerHandlers::ReportWallets),

        Route(kSignedEvent, to.operators, &OperatorHandlers::Act),
        Route(kOperator, to.operators, &OperatorHandlers::ListWallets),
        Route(kOperator, to.orders, &OrderHandlers::ListOperatorOrders),
        Route(kAdmin, to.operators, &OperatorHandlers::ListOperators),
        Route(kAnybody, to.operators, &OperatorHandlers::ListPrices),

        Route(kFreshKey, to.authentication, &rpc::Authentication::CreateSession),
        Route(kKey, to.finance, &FinanceHandlers::GetMargin),
        Route(kKey, to.finance, &FinanceHandlers::ListMargins),
        Route(kKey, to.finance, &FinanceHandlers::ListEntries),
        Route(kKey, to.finance, &FinanceHandlers::GetStatement),
        Route(kKey, to.finance, &FinanceHandlers::Export),

        Route(kSignedEvent, to.relays, &RelayHandlers::RegisterRelay),
        Route(kKey, to.relays, &RelayHandlers::GetRelay),
        Route(kKey, to.relays, &RelayHandlers::VerifyPayment),
        Route(kKey, to.relays, &RelayHandlers::ReportRevenue),
    };
}

}  // namespace berth::marketplace
