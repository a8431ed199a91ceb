#include <yaml-cpp/yaml.h>

#include "akash/chain.hpp"
#include "akash/relay_services.hpp"

namespace berth::akash {
namespace {

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
    }
    if (global_ports != 1) Break("one-global-port", "Exactly one port must be global.");
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
        CheckServices(document, deployment);
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
