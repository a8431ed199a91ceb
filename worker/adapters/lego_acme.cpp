#include "worker/adapters/lego_acme.hpp"

#include <algorithm>
#include <optional>

#include "core/base/failpoint.hpp"
#include "core/base/file.hpp"
#include "worker/adapters/certificate.hpp"
#include "worker/adapters/dns_name.hpp"
#include "worker/adapters/tsig_file.hpp"

namespace berth::worker {
namespace {

constexpr auto kAccounts = "accounts";  // As lego names it.

Result<void> CheckNames(const std::vector<std::string>& names)
{
    const bool good =
        !names.empty() && std::all_of(names.begin(), names.end(), [](std::string_view name) {
            if (name.starts_with("*.")) name.remove_prefix(2);
            return IsHostName(name);
        });
    if (good) return {};
    return Fail(ErrorCode::kInvalid, "BAD_DNS_NAME", "A name is not one of host names.");
}

/// lego has one exit code; its words name the CA's own error type.
Error Refusal(const CommandOutput& output)
{
    const auto said = [&](const char* word) { return output.err.find(word) != std::string::npos; };
    const auto tail =
        output.err.size() > 400 ? output.err.substr(output.err.size() - 400) : output.err;
    if (said("error:rateLimited")) {
        return Fail(ErrorCode::kExhausted, "ACME_RATE_LIMITED", "The CA limits our rate: " + tail);
    }
    if (said("error:badNonce") || said("error:serverInternal") || said("connection refused") ||
        said("i/o timeout") || said("no such host")) {
        return Fail(ErrorCode::kUnavailable, "ACME_UNAVAILABLE",
                    "The CA did not serve us: " + tail);
    }
    if (said("urn:ietf:params:acme:error:")) {
        return Fail(ErrorCode::kForbidden, "ACME_REFUSED", "The CA refused: " + tail);
    }
    return Fail(ErrorCode::kUnknown, "ACME_OUTCOME_UNKNOWN", "lego ended badly: " + tail);
}

/// lego says so once the CA has believed all names, before the certificate is asked for.
bool CertificateWasAskedFor(const CommandOutput& output)
{
    return output.err.find("requesting certificates") != std::string::npos;
}

bool SameNames(std::vector<std::string> a, std::vector<std::string> b)
{
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

/// The chain that an earlier run left in the folder, if it still serves the request.
std::optional<std::string> IssuedBefore(const std::filesystem::path& folder,
                                        const CertificateRequest& request, Time now)
{
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder / "certificates", error}) {
        const auto path = entry.path();
        if (path.extension() != ".crt" || path.string().ends_with(".issuer.crt")) continue;
        const auto chain = ReadFile(path, 1 << 20);
        if (!chain) continue;
        const auto facts = ReadCertificate(*chain);
        if (facts && SameNames(facts->names, request.names) && !facts->RenewalDue(now) &&
            CertificateIsFor(*chain, request.key_pem)) {
            return *chain;
        }
    }
    return std::nullopt;
}

}  // namespace

LegoAcme::LegoAcme(CommandRunner& runner, const Clock& clock, AcmeSettings settings)
    : runner_{runner},
      clock_{clock},
      settings_{std::move(settings)},
      budget_{settings_.folder / "issued.txt", settings_.limits, clock}
{
}

Result<Command> LegoAcme::CommandFor(const std::filesystem::path& folder) const
{
    const auto tsig = ReadTsigFile(settings_.tsig_file);
    if (!tsig) return tsig.error();
    Command command{
        .argv = {settings_.program, "--accept-tos", "--email", settings_.email, "--server",
                 settings_.directory, "--path", folder.string(), "--csr",
                 (folder / "request.csr").string(), "--dns", "rfc2136", "--dns.disable-cp"},
        .environment = {{"HOME", folder.string()},
                        {"RFC2136_NAMESERVER", settings_.dns_server},
                        {"RFC2136_TSIG_KEY", tsig->name + "."},
                        {"RFC2136_TSIG_ALGORITHM", tsig->algorithm + "."},
                        {"RFC2136_TSIG_SECRET", tsig->secret.Expose()}},
        .stdin_bytes = {},
        .directory = folder};
    if (!settings_.resolver.empty()) {
        command.argv.insert(command.argv.end(), {"--dns.resolvers", settings_.resolver});
    }
    if (!settings_.ca_file.empty()) {
        command.environment["LEGO_CA_CERTIFICATES"] = settings_.ca_file.string();
    }
    command.argv.push_back("run");
    return command;
}

/// One folder an order, one account for all of them: CAs limit how many accounts an address makes.
void LegoAcme::PrepareFolder(const std::filesystem::path& folder) const
{
    std::error_code error;  // What is not there is seen when the request is written.
    std::filesystem::create_directories(settings_.folder / kAccounts, error);
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (!std::filesystem::exists(folder / kAccounts, error)) {
        std::filesystem::create_directory_symlink(std::filesystem::path{".."} / kAccounts,
                                                  folder / kAccounts, error);
    }
}

Result<std::string> LegoAcme::Issue(const CertificateRequest& request, Deadline deadline)
{
    if (const auto good = CheckNames(request.names); !good) return good.error();
    const auto folder = settings_.folder / request.label;
    if (auto chain = IssuedBefore(folder, request, clock_.Now())) return std::move(*chain);
    const auto csr = MakeSigningRequest(request.key_pem, request.names);
    if (!csr) return csr.error();

    PrepareFolder(folder);
    if (const auto written = WriteFileAtomically(folder / "request.csr", *csr); !written) {
        return written.error();
    }
    const auto command = CommandFor(folder);
    if (!command) return command.error();
    if (const auto spent = budget_.Spend(request.names.front()); !spent) return spent.error();
    Failpoint("worker.acme.before_order");
    const auto output = runner_.Run(*command, deadline);
    Failpoint("worker.acme.after_order");
    if (!output) return output.error();
    if (output->exit_code != 0) {
        if (!CertificateWasAskedFor(*output)) budget_.TakeBack(request.names.front());
        return Refusal(*output);
    }
    if (auto chain = IssuedBefore(folder, request, clock_.Now())) return std::move(*chain);
    return Fail(ErrorCode::kUnknown, "ACME_OUTCOME_UNKNOWN", "lego left no certificate behind.");
}

}  // namespace berth::worker
