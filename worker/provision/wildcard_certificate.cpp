#include "worker/provision/wildcard_certificate.hpp"

#include "core/base/failpoint.hpp"
#include "core/base/file.hpp"

namespace berth::worker {

WildcardCertificate::WildcardCertificate(const Needs& needs, std::string zone,
                                         std::filesystem::path key_file)
    : needs_{needs}, zone_{std::move(zone)}, key_file_{std::move(key_file)}
{
}

Result<Secret> WildcardCertificate::Key()
{
    const auto sealed = ReadFile(key_file_, 64 * 1024);
    if (sealed) return needs_.sealer.OpenOwn(zone_, *sealed);
    if (sealed.error().code != ErrorCode::kNotFound) return sealed.error();
    auto key = MakeCertificateKey();
    const auto stored = WriteFileAtomically(key_file_, needs_.sealer.SealOwn(zone_, key));
    if (!stored) return stored.error();
    return key;
}

Result<CertificateFacts> WildcardCertificate::Install(const std::string& chain, const Secret& key,
                                                      Deadline deadline)
{
    auto facts = ReadCertificate(chain);
    if (!facts) return facts.error();
    told_ = false;  // Its files may be written although it did not take the certificate.
    const auto installed = needs_.edge.InstallCertificate(zone_, chain, key, deadline);
    if (!installed) return installed.error();
    told_ = true;
    return facts;
}

Result<CertificateFacts> WildcardCertificate::Ensure(Deadline deadline)
{
    const std::scoped_lock lock{mutex_};
    const auto key = Key();
    if (!key) return key.error();
    const auto served = needs_.edge.CertificateOf(zone_);
    if (!served) return served.error();
    if (*served && CertificateIsFor(**served, *key)) {
        auto facts = ReadCertificate(**served);
        if (facts && !facts->RenewalDue(needs_.clock.Now())) {
            return told_ ? facts : Install(**served, *key, deadline);
        }
    }
    Failpoint("worker.wildcard.before_issue");
    const auto chain = needs_.acme.Issue(
        {.label = "wildcard." + zone_, .names = {"*." + zone_}, .key_pem = *key}, deadline);
    Failpoint("worker.wildcard.after_issue");
    if (!chain) return chain.error();
    return Install(*chain, *key, deadline);
}

}  // namespace berth::worker
