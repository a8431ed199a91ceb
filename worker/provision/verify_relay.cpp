#include "worker/provision/verify_relay.hpp"

#include "core/base/failpoint.hpp"
#include "worker/provision/relay_terms.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

std::string FirstFailure(const v1::AcceptanceReport& report)
{
    for (const auto& check : report.checks()) {
        if (!check.passed()) return check.name() + ": " + check.detail();
    }
    return "a complete probe";
}

}  // namespace

Result<StepOutcome> VerifyRelay::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto secrets = sealer_.Open(order.name(), order.secrets());
    if (!secrets) return secrets.error();
    const auto password = secrets->find(kDashboardPassword);
    if (password == secrets->end()) {
        return Fail(ErrorCode::kInvalid, "SECRETS_MISSING", "There is no dashboard password.");
    }
    const auto intended = context.intents.Commit("verify_relay", context.deadline);
    if (!intended) return intended.error();
    const auto& host = order.custom_hostname().empty() ? order.hostname() : order.custom_hostname();
    Failpoint("worker.verify_relay.before_probe");
    auto report = prober_.Probe({.hostname = host,
                                 .port = edge_.port,
                                 .name = order.relay_name(),
                                 .limits = order.plan().limits(),
                                 .dashboard_password = password->second},
                                context.deadline);
    Failpoint("worker.verify_relay.after_probe");
    v1::Facts facts;
    *facts.mutable_report() = report;
    if (report.accepted()) return StepOutcome::Done(std::move(facts));
    return StepOutcome::NotYet(2s, "the relay to pass " + FirstFailure(report), std::move(facts));
}

}  // namespace berth::worker
