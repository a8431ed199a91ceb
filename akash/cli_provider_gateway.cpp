#include "akash/cli_provider_gateway.hpp"

#include "akash/cli_output.hpp"
#include "akash/secret_file.hpp"

namespace berth::akash {
namespace {

constexpr std::string_view kNoLease = "no active leases found";
constexpr std::string_view kForeignLine = "WARNING: proto:";

Error Unavailable(const std::string& text)
{
    return Fail(ErrorCode::kUnavailable, "PROVIDER_UNAVAILABLE", text);
}

Error Unknown(const std::string& text)
{
    return Fail(ErrorCode::kUnknown, "MANIFEST_UNKNOWN", text);
}

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// The chain is read first: where its node is out of order, nothing went to a provider.
bool IsNodeTrouble(const CommandOutput& output)
{
    if (output.exit_code != 1) return false;
    const auto text = ErrorText(output);
    return Contains(text, "post failed") || Contains(text, "error in json rpc client");
}

/// The entry of one provider in the answer of `send-manifest`.
struct Delivery {
    bool passed = false;
    std::string error;
};

Delivery ReadDelivery(const Fields& entries, const std::string& provider)
{
    for (const auto& entry : entries.list()) {
        if (entry.at("provider").text() != provider) continue;
        if (entry.at("status").text() == "PASS") return {.passed = true, .error = {}};
        const auto detail = entry.has("errorMessage") ? entry.at("errorMessage").text() : "";
        return {.passed = false, .error = entry.at("error").text() + ": " + detail};
    }
    throw FieldMissing{"the provider"};
}

Result<void> JudgeDelivery(const Delivery& delivery)
{
    if (delivery.passed) return {};
    if (Contains(delivery.error, "remote server returned 4")) {
        return Fail(ErrorCode::kPrecondition, "MANIFEST_REFUSED", delivery.error);
    }
    if (Contains(delivery.error, "connection refused") ||
        Contains(delivery.error, "no such host")) {
        return Unavailable(delivery.error);
    }
    return Unknown(delivery.error);
}

Result<void> ReadManifestAnswer(const CommandOutput& output, const std::string& provider)
{
    const auto error_text = ErrorText(output);
    const auto parsed = ParseOutput(output);
    if (!parsed) {
        if (Contains(error_text, kNoLease)) {
            return Fail(ErrorCode::kPrecondition, "NO_ACTIVE_LEASE", error_text);
        }
        // The chain is read first: where it cannot be, nothing went to a provider.
        if (output.exit_code == 1 && Contains(error_text, "post failed"))
            return Unavailable(error_text);
        return Unknown(error_text.empty() ? parsed.error().message : error_text);
    }
    const auto delivery =
        ReadFields(*parsed, [&](const Fields& fields) { return ReadDelivery(fields, provider); });
    if (!delivery) return Unknown(delivery.error().message);
    return JudgeDelivery(*delivery);
}

}  // namespace

Result<CommandOutput> CliProviderGateway::Run(std::vector<std::string> argv, const LeaseId& lease,
                                              Deadline deadline)
{
    argv.insert(argv.begin(), programs_.provider_services);
    argv.insert(argv.end(), {"--dseq", std::to_string(lease.dseq), "--provider", lease.provider,
                             "--from", programs_.from, "--home", programs_.home,
                             "--keyring-backend", programs_.keyring_backend, "--node", ""});
    Command command{.argv = std::move(argv), .environment = {}, .stdin_bytes = {}, .directory = {}};
    const auto ask = [&](const std::string& node) {
        command.argv.back() = node;
        return runner_.Run(command, deadline.AtMost(programs_.gateway_limit));
    };
    auto output = ask(programs_.nodes.front());
    for (std::size_t i = 1; i < programs_.nodes.size(); ++i) {
        if (deadline.Passed() || !output || !IsNodeTrouble(*output)) break;
        output = ask(programs_.nodes[i]);
    }
    return output;
}

Result<void> CliProviderGateway::SendManifest(const LeaseId& lease, const std::string& sdl,
                                              Deadline deadline)
{
    const auto file = SecretFile::Write(Secret{sdl}, "deployment.yaml");
    if (!file) return file.error();
    const auto output =
        Run({"send-manifest", file->path().string(), "-o", "json"}, lease, deadline);
    if (!output) {
        if (output.error().code == ErrorCode::kUnknown) return Unknown(output.error().message);
        return Unavailable(output.error().message);
    }
    return ReadManifestAnswer(*output, lease.provider);
}

Result<std::map<std::string, ServiceStatus>> CliProviderGateway::LeaseStatus(const LeaseId& lease,
                                                                             Deadline deadline)
{
    const auto output = Run({"lease-status", "--gseq", std::to_string(lease.gseq), "--oseq",
                             std::to_string(lease.oseq)},
                            lease, deadline);
    if (!output) return Unavailable(output.error().message);
    if (output->exit_code != 0) {
        const auto text = ErrorText(*output);
        if (Contains(text, "remote server returned 404")) {
            return Fail(ErrorCode::kNotFound, "NO_MANIFEST",
                        "The provider runs nothing for this lease.");
        }
        return Unavailable(text);
    }
    const auto parsed = ParseOutput(*output);
    if (!parsed) return Unavailable(parsed.error().message);
    auto services = ReadFields(*parsed, [&](const Fields& fields) {
        std::map<std::string, ServiceStatus> read;
        for (const auto& [name, service] : parsed->at("services").as_object()) {
            const auto& one = fields.at("services").at(name);
            auto& status = read[std::string{name}];
            status.available = static_cast<int>(one.at("available").unsigned32());
            status.total = static_cast<int>(one.at("total").unsigned32());
            for (const auto& uri : one.at("uris").list()) status.uris.push_back(uri.text());
        }
        return read;
    });
    if (!services) return Unavailable(services.error().message);
    return services;
}

Result<std::string> CliProviderGateway::LeaseLogs(const LeaseId& lease, std::size_t bytes,
                                                  Deadline deadline)
{
    // The program's own --tail has no effect; what comes is cut here.
    const auto output = Run(
        {"lease-logs", "--gseq", std::to_string(lease.gseq), "--oseq", std::to_string(lease.oseq)},
        lease, deadline);
    if (!output) return Unavailable(output.error().message);
    if (output->exit_code != 0) return Unavailable(ErrorText(*output));
    std::string_view text = output->out;
    if (text.starts_with(kForeignLine)) {
        const auto end = text.find('\n');
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    if (text.size() > bytes) text.remove_prefix(text.size() - bytes);
    return std::string{text};
}

}  // namespace berth::akash
