#include "worker/provision/customer_certificate.hpp"

#include "core/base/failpoint.hpp"
#include "worker/provision/relay_terms.hpp"

namespace berth::worker {

v1::Facts ToFacts(const CertificateFacts& served)
{
    v1::Facts facts;
    facts.set_certificate_fingerprint(served.fingerprint);
    facts.set_certificate_not_after(ToUnixSeconds(served.not_after));
    return facts;
}

Result<Secret> CustomerCertificate::KeyOf(const v1::JobOrder& order) const
{
    const auto secrets = needs_.sealer.Open(order.name(), order.secrets());
    if (!secrets) return secrets.error();
    const auto key = secrets->find(kCertificateKey);
    if (key == secrets->end()) {
        return Fail(ErrorCode::kInvalid, "SECRETS_MISSING", "There is no key for the custom name.");
    }
    return key->second;
}

Result<std::optional<CertificateFacts>> CustomerCertificate::Served(const v1::JobOrder& order)
{
    using Served = std::optional<CertificateFacts>;
    const auto key = KeyOf(order);
    if (!key) return key.error();
    const auto chain = needs_.edge.CertificateOf(order.custom_hostname());
    if (!chain) return chain.error();
    if (!*chain || !CertificateIsFor(**chain, *key)) return Served{};
    auto facts = ReadCertificate(**chain);
    // A crash may have left a new file that the edge was never told of: then nobody reported it.
    const bool told = facts && facts->fingerprint == order.facts().certificate_fingerprint();
    if (!told || facts->RenewalDue(needs_.clock.Now())) return Served{};
    return Served{std::move(*facts)};
}

Result<CertificateFacts> CustomerCertificate::Serve(const v1::JobOrder& order, Deadline deadline)
{
    const auto& name = order.custom_hostname();
    const auto key = KeyOf(order);
    if (!key) return key.error();
    Failpoint("worker.issue_certificate.before_issue");
    const auto chain =
        needs_.acme.Issue({.label = name, .names = {name}, .key_pem = *key}, deadline);
    Failpoint("worker.issue_certificate.after_issue");
    if (!chain) return chain.error();
    auto facts = ReadCertificate(*chain);
    if (!facts) return facts.error();
    const auto installed = needs_.edge.InstallCertificate(name, *chain, *key, deadline);
    if (!installed) return installed.error();
    return facts;
}

}  // namespace berth::worker
