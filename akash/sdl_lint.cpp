#include <algorithm>

#include <yaml-cpp/yaml.h>

#include "akash/chain.hpp"
#include "akash/cli_manifest.hpp"
#include "akash/relay_services.hpp"

namespace berth::akash {
namespace {

constexpr std::int64_t kIngressBodyMax = 100 << 20;  // What providers take at most.
constexpr std::size_t kShortestSecret = 8;

struct Broken {
    std::string rule;
    std::string message;
};

[[noreturn]] void Break(std::string rule, std::string message)
{
    throw Broken{std::move(rule), std::move(message)};
}

bool IsPinned(const std::string& image)
{
    if (image.find("@sha256:") != image.npos) return true;
    const auto colon = image.rfind(':');
    const auto slash = image.rfind('/');
    const bool tagged = colon != image.npos && (slash == image.npos || colon > slash);
    return tagged && colon + 1 < image.size() && image.substr(colon + 1) != "latest";
}

/// Counts the global ports of a service and refuses one on anything but the relay's HTTP.
int CountGlobalPorts(const std::string& name, const YAML::Node& service)
{
    int count = 0;
    for (const auto& expose : service["expose"]) {
        for (const auto& to : expose["to"]) {
            if (!to["global"] || !to["global"].as<bool>()) continue;
            ++count;
            if (name != kRelayService) {
                Break("private-service", "Service " + name + " must have no global port.");
            }
            if (!expose["as"] || expose["as"].as<int>() != 80 || expose["proto"]) {
                Break("http-ingress", "A global port must be HTTP, `as: 80`.");
            }
        }
    }
    return count;
}

/// An SDL has these parts and no other: a `reclamation` section would let a provider take the lease
/// back after its window, `endpoints` would rent addresses.
void CheckSections(const YAML::Node& sdl)
{
    for (const auto& entry : sdl) {
        const auto name = entry.first.as<std::string>();
        if (name == "reclamation") {
            Break("reclamation-window", "A relay's lease must not be taken back by its provider.");
        }
        if (name != "version" && name != "services" && name != "profiles" && name != "deployment") {
            Break("sections", "An SDL has no part " + name + " here.");
        }
    }
    if (sdl["version"].as<std::string>() != "2.0") Break("version", "The version must be 2.0.");
}

/// The real programs do not look at counts.
void CheckCounts(const YAML::Node& sdl)
{
    for (const auto& service : sdl["deployment"]) {
        for (const auto& placement : service.second) {
            if (placement.second["count"].as<int>() == 1) continue;
            Break("count", "Service " + service.first.as<std::string>() + " must run once.");
        }
    }
}

void CheckHostNames(const std::string& name, const YAML::Node& service,
                    const RelayDeployment& deployment)
{
    std::vector<std::string> accepted;
    for (const auto& expose : service["expose"]) {
        for (const auto& host : expose["accept"]) accepted.push_back(host.as<std::string>());
    }
    auto wanted = name == kRelayService ? deployment.accept_hosts : std::vector<std::string>{};
    std::ranges::sort(accepted);
    std::ranges::sort(wanted);
    if (accepted != wanted || std::ranges::adjacent_find(accepted) != accepted.end()) {
        Break("hostname", "The host names of " + name + " are not the order's, each once.");
    }
}

template <typename Number>
Number OptionOr(const YAML::Node& options, const char* name, Number fallback)
{
    return options && options[name] ? options[name].as<Number>() : fallback;
}

/// What the ingress closes or cuts, the relay must not need.
void CheckIngress(const YAML::Node& service, const RelayDeployment& deployment)
{
    for (const auto& expose : service["expose"]) {
        const auto options = expose["http_options"];
        for (const auto* name : {"read_timeout", "send_timeout"}) {
            const std::chrono::milliseconds silence{
                OptionOr<std::int64_t>(options, name, kIngressSilence.count())};
            if (deployment.keep_alive > deployment.keep_alive.zero() &&
                deployment.keep_alive < std::min(silence, kIngressSilence)) {
                continue;
            }
            Break("keep-alive",
                  "The relay must ping before the ingress closes a silent connection.");
        }
        const auto body = OptionOr<std::int64_t>(options, "max_body_size", kIngressBodyBytes);
        if (body != deployment.body_bytes || body < kIngressBodyBytes || body > kIngressBodyMax) {
            Break("body-limit", "The ingress takes bodies of 1 to 100 MiB, as the plan needs.");
        }
    }
}

/// Nothing that the chain keeps may hold what the environment hides.
void CheckChain(const RelayDeployment& deployment)
{
    const auto groups = GroupsJson(deployment);
    for (const auto* environment :
         {&deployment.relay_environment, &deployment.postgres_environment}) {
        for (const auto& [name, value] : *environment) {
            const auto& text = value.Expose();
            if (text.size() < kShortestSecret || groups.find(text) == groups.npos) continue;
            Break("secret-on-chain", "The value of " + name + " would be public on chain.");
        }
    }
}

void CheckSecrets(const YAML::Node& service, const std::map<std::string, Secret>& wanted)
{
    std::size_t found = 0;
    for (const auto& line : service["env"]) {
        const auto text = line.as<std::string>();
        const auto equals = text.find('=');
        const auto value = wanted.find(text.substr(0, equals));
        if (equals == text.npos || value == wanted.end() ||
            value->second.Expose() != text.substr(equals + 1)) {
            Break("environment", "An environment variable is not the deployment's.");
        }
        ++found;
    }
    if (found != wanted.size()) Break("environment", "An environment variable is missing.");
}

/// The volumes that a service mounts, by name, and where.
std::map<std::string, std::string> MountsOf(const YAML::Node& service)
{
    std::map<std::string, std::string> mounts;
    const auto params = service["params"];
    if (!params) return mounts;
    for (const auto& one : params["storage"]) {
        mounts[one.first.as<std::string>()] = one.second["mount"].as<std::string>();
    }
    return mounts;
}

bool IsVolume(const YAML::Node& storage, const Volume& volume)
{
    return storage["name"].as<std::string>() == kVolumeName &&
           storage["size"].as<std::int64_t>() == volume.bytes &&
           storage["attributes"]["persistent"].as<bool>() &&
           storage["attributes"]["class"].as<std::string>() == volume.storage_class;
}

/// The database is on the plan's volume, and nothing else is on one.
void CheckVolumes(const YAML::Node& sdl, const RelayDeployment& deployment)
{
    for (const auto& service : ServicesOf(deployment)) {
        std::map<std::string, std::string> wanted;
        if (service.volume) wanted.emplace(kVolumeName, service.volume->mount);
        bool same = MountsOf(sdl["services"][service.name]) == wanted;
        std::size_t volumes = 0;
        for (const auto& one : sdl["profiles"]["compute"][service.name]["resources"]["storage"]) {
            if (!one["attributes"]) continue;
            ++volumes;
            same = same && service.volume && IsVolume(one, *service.volume);
        }
        if (same && volumes == wanted.size()) continue;
        Break("volume", "The volumes of " + service.name + " are not the plan's.");
    }
}

void CheckServices(const YAML::Node& sdl, const RelayDeployment& deployment)
{
    int global_ports = 0;
    for (const auto& entry : sdl["services"]) {
        const auto name = entry.first.as<std::string>();
        const auto image = entry.second["image"].as<std::string>();
        if (!IsPinned(image)) {
            Break("pinned-image",
                  "Image " + image + " is pinned neither by digest nor by version.");
        }
        global_ports += CountGlobalPorts(name, entry.second);
        CheckHostNames(name, entry.second, deployment);
    }
    if (global_ports != 1) Break("one-global-port", "Exactly one port must be global.");
    CheckIngress(sdl["services"][kRelayService], deployment);
    CheckSecrets(sdl["services"][kRelayService], deployment.relay_environment);
    CheckSecrets(sdl["services"][kPostgresService], deployment.postgres_environment);
}

void CheckPrices(const YAML::Node& sdl, const RelayDeployment& deployment)
{
    money::Amount total;
    for (const auto& placement : sdl["profiles"]["placement"]) {
        for (const auto& entry : placement.second["pricing"]) {
            if (entry.second["denom"].as<std::string>() != deployment.denom) {
                Break("denomination", "The chain takes prices in " + deployment.denom + " only.");
            }
            const auto amount = ParseDec18(entry.second["amount"].as<std::string>());
            if (!amount || *amount <= money::Amount{0})
                Break("price", "A price must be above zero.");
            total += *amount;
        }
    }
    if (total > deployment.ceiling_per_block_e18 || total == money::Amount{0}) {
        Break("ceiling", "The prices add up to more than the plan's ceiling.");
    }
}

}  // namespace

Result<void> LintSdl(const Secret& sdl, const RelayDeployment& deployment)
{
    try {
        const auto document = YAML::Load(sdl.Expose());
        CheckSections(document);
        CheckServices(document, deployment);
        CheckCounts(document);
        CheckVolumes(document, deployment);
        CheckChain(deployment);
        CheckPrices(document, deployment);
        return {};
    } catch (const Broken& broken) {
        return Fail(ErrorCode::kInvalid, "SDL_LINT", broken.rule + ": " + broken.message);
    } catch (const YAML::Exception&) {  // Its message may quote a secret.
        return Fail(ErrorCode::kInvalid, "SDL_LINT",
                    "yaml: The SDL is not what a deployment needs.");
    }
}

}  // namespace berth::akash
