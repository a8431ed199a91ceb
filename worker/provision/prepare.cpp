#include "worker/provision/prepare.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/failpoint.hpp"
#include "worker/adapters/certificate.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// 160 random bits that need no escaping in a URL, an environment or a YAML file.
Secret MakePassword() { return Secret{ToBase32(RandomBytes(20))}; }

NamedSecrets MakeSecrets(const v1::JobOrder& order)
{
    NamedSecrets secrets{{kPostgresPassword, MakePassword()}, {kDashboardPassword, MakePassword()}};
    if (!order.custom_hostname().empty()) secrets.emplace(kCertificateKey, MakeCertificateKey());
    return secrets;
}

}  // namespace

Result<StepOutcome> Prepare::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto block_time = pace_.Measured();
    if (!block_time) return StepOutcome::NotYet(1s, "the measured time of a block");
    auto secrets = sealer_.Open(order.name(), order.secrets());
    if (!secrets) return secrets.error();
    const bool fresh = secrets->empty();
    if (fresh) *secrets = MakeSecrets(order);

    const auto deployment = DeploymentOf(order, *secrets, terms_, *block_time);
    if (!deployment) return deployment.error();
    const auto sdl = akash::RenderSdl(*deployment);
    if (!sdl) return sdl.error();
    if (const auto clean = akash::LintSdl(*sdl, *deployment); !clean) return clean.error();

    auto outcome = StepOutcome::Done();
    if (!fresh) return outcome;
    for (auto& sealed : sealer_.Seal(order.name(), *secrets)) outcome.Keep(std::move(sealed));
    auto for_customer = sealer_.SealForCustomer(kDashboardPassword, secrets->at(kDashboardPassword),
                                                order.customer());
    if (!for_customer) return for_customer.error();
    outcome.Keep(std::move(*for_customer));
    Failpoint("worker.prepare.after_seal");
    return outcome;
}

}  // namespace berth::worker
