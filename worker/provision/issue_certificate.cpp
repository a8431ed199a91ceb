#include "worker/provision/issue_certificate.hpp"

#include "core/base/failpoint.hpp"
#include "worker/adapters/dns_name.hpp"
#include "worker/provision/relay_terms.hpp"

namespace berth::worker {

Result<CertificateFacts> IssueCertificate::ServeCustomName(const StepContext& context)
{
    const auto& order = context.order();
    const auto secrets = needs_.sealer.Open(order.name(), order.secrets());
    if (!secrets) return secrets.error();
    const auto key = secrets->find(kCertificateKey);
    if (key == secrets->end()) {
        return Fail(ErrorCode::kInvalid, "SECRETS_MISSING", "There is no key for the custom name.");
    }
    Failpoint("worker.issue_certificate.before_issue");
    const auto chain = needs_.acme.Issue({.label = order.custom_hostname(),
                                          .names = {order.custom_hostname()},
                                          .key_pem = key->second},
                                         context.deadline);
    Failpoint("worker.issue_certificate.after_issue");
    if (!chain) return chain.error();
    auto facts = ReadCertificate(*chain);
    if (!facts) return facts.error();
    const auto installed = needs_.edge.InstallCertificate(order.custom_hostname(), *chain,
                                                          key->second, context.deadline);
    if (!installed) return installed.error();
    return facts;
}

Result<void> IssueCertificate::Route(const StepContext& context)
{
    const auto& order = context.order();
    Failpoint("worker.issue_certificate.before_route");
    const auto routed =
        needs_.edge.Route(order.hostname(), order.facts().ingress_host(), context.deadline);
    if (!routed || order.custom_hostname().empty()) return routed;
    return needs_.edge.Route(order.custom_hostname(), order.facts().ingress_host(),
                             context.deadline);
}

Result<StepOutcome> IssueCertificate::Run(const StepContext& context)
{
    const auto& order = context.order();
    if (!IsDirectlyUnder(order.hostname(), public_edge_.wildcard_zone)) {
        return Fail(ErrorCode::kInvalid, "HOSTNAME_OUTSIDE_EDGE",
                    "The edge has no certificate for " + order.hostname() + ".");
    }
    const auto intended = context.intents.Commit("issue_certificate", context.deadline);
    if (!intended) return intended.error();
    auto served = needs_.wildcard.Ensure(context.deadline);
    if (served && !order.custom_hostname().empty()) served = ServeCustomName(context);
    if (!served) return served.error();
    if (const auto routed = Route(context); !routed) return routed.error();
    v1::Facts facts;
    facts.set_certificate_fingerprint(served->fingerprint);
    facts.set_certificate_not_after(ToUnixSeconds(served->not_after));
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
