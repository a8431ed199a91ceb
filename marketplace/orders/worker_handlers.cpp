#include "marketplace/orders/worker_handlers.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "core/base/failpoint.hpp"
#include "marketplace/orders/job_view.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/report_batch.hpp"
#include "marketplace/queue/job_store.hpp"
#include "marketplace/queue/wallet_store.hpp"
#include "marketplace/queue/worker_store.hpp"

namespace berth::orders {
namespace {

using namespace std::chrono_literals;

constexpr int kJobsMax = 100;
constexpr int kReportsMax = 500;
constexpr int kWorkerNameMax = 100;
constexpr std::size_t kAlarmedMax = 10'000;

Error NotRegistered()
{
    return Fail(ErrorCode::kPrecondition, "NOT_REGISTERED", "Call RegisterWorker first.");
}

Result<void> RequireOperator(const call::Call& call)
{
    if (const auto caller = call::CallerOf(call); !caller) return caller.error();
    if (call.Has(call::Role::kOperator)) return {};
    return Fail(ErrorCode::kForbidden, "NOT_AN_OPERATOR", "This key is not a registered operator.");
}

std::vector<queue::JobLease> LeasesOf(
    const google::protobuf::RepeatedPtrField<v1::JobLease>& leases)
{
    constexpr std::string_view kCollection = "jobs/";
    constexpr std::uint64_t kEpochMax = std::numeric_limits<std::int64_t>::max();
    std::vector<queue::JobLease> read;
    for (const auto& lease : leases) {
        if (!lease.job().starts_with(kCollection) || lease.epoch() > kEpochMax) continue;
        read.push_back({lease.job().substr(kCollection.size()), lease.epoch()});
    }
    return read;
}

bool IsDoable(const v1::RegisterWorkerRequest& worker, const queue::Job& job, const v1::Plan& plan)
{
    return std::ranges::any_of(worker.abilities(), [&](const v1::Ability& ability) {
        return ability.job_kind() == job.kind && ability.step() == job.step &&
               (ability.image().empty() || ability.image() == plan.image());
    });
}

std::vector<std::string> DoableOf(const v1::RegisterWorkerRequest& worker)
{
    std::set<std::string> doable;
    for (const auto& ability : worker.abilities()) {
        doable.insert(ability.job_kind() + '/' + ability.step());
    }
    return {doable.begin(), doable.end()};
}

/// What a transaction cost is read from the chain, whatever its worker says.
void AwaitFee(pqxx::work& tx, const queue::SettledTransaction& settled, const call::Call& call)
{
    for (const auto& order_id : settled.order_ids) {
        const auto order = FindOrder(tx, order_id);
        if (!order) continue;
        queue::Enqueue(tx,
                       {.operator_id = queue::kMarketplace,
                        .subject = "transactions/" + call.caller + '/' + settled.hash,
                        .customer_id = order->customer_id,
                        .order_id = order->order_id,
                        .kind = queue::kFeeJob,
                        .step = queue::kFeeStep},
                       call.trace);
        return;
    }
}

}  // namespace

Result<v1::RegisterWorkerResponse> WorkerHandlers::RegisterWorker(
    const call::Call& call, const v1::RegisterWorkerRequest& request)
{
    using Response = v1::RegisterWorkerResponse;
    if (const auto allowed = RequireOperator(call); !allowed) return allowed.error();
    if (request.worker().empty() || request.worker().size() > kWorkerNameMax) {
        return Fail(ErrorCode::kInvalid, "BAD_WORKER",
                    "A worker has a name of 1 to 100 characters.");
    }
    if (request.protocol() < kOldestWorkerProtocol) {
        return Fail(ErrorCode::kPrecondition, "PROTOCOL_TOO_OLD", "Update this worker.");
    }
    if (request.protocol() > kWorkerProtocol) {
        return Fail(ErrorCode::kPrecondition, "PROTOCOL_TOO_NEW", "Update the marketplace first.");
    }
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        queue::RegisterWorker(tx, call.caller, request);
        Response response;
        response.set_protocol(request.protocol());
        response.set_lease_millis(parts_.queue.lease.count());
        response.set_heartbeat_millis(parts_.queue.heartbeat.count());
        response.set_marketplace(parts_.settings.marketplace);
        return response;
    });
}

Result<v1::AcquireJobsResponse> WorkerHandlers::AcquireJobs(const call::Call& call,
                                                            const v1::AcquireJobsRequest& request)
{
    using Response = v1::AcquireJobsResponse;
    if (const auto allowed = RequireOperator(call); !allowed) return allowed.error();
    auto acquired = parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto worker = queue::SeeWorker(tx, call.caller, request.worker());
        if (!worker) return NotRegistered();
        queue::LeaseRequest wanted{.operator_id = call.caller,
                                   .worker = request.worker(),
                                   .limit = std::clamp(request.max_jobs(), 1, kJobsMax),
                                   .doable = DoableOf(*worker),
                                   .lease = parts_.queue.lease};
        if (request.has_held()) wanted.held = LeasesOf(request.held().leases());
        const auto jobs = queue::LeaseJobs(tx, wanted);
        Response response;
        for (const auto& job : jobs) {
            const auto order = FindOrder(tx, job.order_id);
            if (!order || !IsDoable(*worker, job, order->plan)) {
                queue::Postpone(tx, job, parts_.queue.poll, "another worker");
                continue;
            }
            *response.add_jobs() = ViewOf(tx, job, *order, parts_.settings);
        }
        return response;
    });
    if (acquired && acquired->jobs_size() > 0) Failpoint("market.acquire.after_commit");
    return acquired;
}

Result<v1::HeartbeatResponse> WorkerHandlers::Heartbeat(const call::Call& call,
                                                        const v1::HeartbeatRequest& request)
{
    using Response = v1::HeartbeatResponse;
    if (const auto allowed = RequireOperator(call); !allowed) return allowed.error();
    const auto leases = LeasesOf(request.leases());
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        Response response;
        const auto lost = queue::KeepLeases(tx,
                                            {.operator_id = call.caller,
                                             .worker = request.worker(),
                                             .doable = {},
                                             .lease = parts_.queue.lease},
                                            leases);
        for (const auto& lease : lost) {
            auto& told = *response.add_lost();
            told.set_job("jobs/" + lease.job_id);
            told.set_epoch(lease.epoch);
        }
        return response;
    });
}

Result<v1::RecordStepsResponse> WorkerHandlers::RecordSteps(const call::Call& call,
                                                            const v1::RecordStepsRequest& request)
{
    if (const auto allowed = RequireOperator(call); !allowed) return allowed.error();
    if (request.reports_size() > kReportsMax) {
        return Fail(ErrorCode::kInvalid, "TOO_MANY_REPORTS", "A batch has at most 500 reports.");
    }
    const ProgressRules rules{.orders = parts_.settings, .queue = parts_.queue};
    const Reporter reporter{.operator_id = call.caller, .worker = request.worker()};
    v1::RecordStepsResponse response;
    const auto answers = RecordBatch(parts_.database, rules, reporter, request.reports(), call.now);
    const bool none = std::ranges::none_of(answers, [](const auto& a) { return a.has_value(); });
    if (none && !answers.empty()) return answers.front().error();
    for (int i = 0; i < request.reports_size(); ++i) {
        const auto& answer = answers[static_cast<std::size_t>(i)];
        if (answer) {
            *response.add_answers() = *answer;
            continue;
        }
        parts_.log.Warning("A report was not recorded.",
                           {{"job", request.reports(i).job()}, {"reason", answer.error().reason}});
        response.add_answers()->set_reason(answer.error().reason);
    }
    return response;
}

Result<v1::ReportWalletsResponse> WorkerHandlers::ReportWallets(
    const call::Call& call, const v1::ReportWalletsRequest& request)
{
    using Exchange = queue::WalletExchange;
    if (const auto allowed = RequireOperator(call); !allowed) return allowed.error();
    v1::ReportWalletsResponse response;
    std::vector<Error> elsewhere;
    for (const auto& report : request.wallets()) {
        auto exchange = parts_.database.Transact<Exchange>([&](pqxx::work& tx) -> Result<Exchange> {
            auto exchanged =
                queue::ExchangeWallet(tx, call.caller, request.worker(), report, parts_.queue);
            if (!exchanged) return exchanged;
            for (const auto& settled : exchanged->settled) AwaitFee(tx, settled, call);
            for (const auto dseq : UnknownDeployments(tx, call.caller, report)) {
                exchanged->orders.add_unknown_deployments(dseq);
            }
            Failpoint("market.wallet.before_commit");
            return exchanged;
        });
        Failpoint("market.wallet.after_commit");
        auto& orders = *response.add_wallets();
        if (exchange) {
            orders = std::move(exchange->orders);
            for (const auto dseq : orders.unknown_deployments()) Alarm(report.address(), dseq);
        } else {
            orders.set_address(report.address());
            orders.set_refused(exchange.error().reason);
            if (exchange.error().code == ErrorCode::kAborted) elsewhere.push_back(exchange.error());
        }
    }
    const bool holds_none = std::ssize(elsewhere) == request.wallets_size();
    if (holds_none && !elsewhere.empty()) return elsewhere.front();
    return response;
}

void WorkerHandlers::Alarm(const std::string& wallet, std::uint64_t dseq)
{
    {
        const std::scoped_lock lock{mutex_};
        if (alarmed_.size() >= kAlarmedMax) alarmed_.clear();
        if (!alarmed_.emplace(wallet, dseq).second) return;
    }
    parts_.log.Error("A deployment belongs to no order that may have one; it is left alone.",
                     {{"wallet", wallet}, {"dseq", std::to_string(dseq)}});
}

}  // namespace berth::orders
