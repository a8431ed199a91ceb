#include "akash/sdl.hpp"

#include <yaml-cpp/yaml.h>

#include "akash/chain.hpp"
#include "akash/relay_services.hpp"

namespace berth::akash {
namespace {

constexpr std::int64_t kWritableLayerBytes = 256 << 20;  // Of an image by itself.

Error BadField(const std::string& message)
{
    return Fail(ErrorCode::kInvalid, "BAD_SDL_FIELD", message);
}

bool IsPrintable(const std::string& text)
{
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return !text.empty();
}

bool IsHostName(const std::string& text)
{
    return !text.empty() && text.size() <= 253 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == text.npos &&
           text.front() != '.' && text.back() != '.' && text.front() != '-';
}

Result<void> CheckFields(const RelayDeployment& deployment)
{
    if (!IsPrintable(deployment.relay_image) || !IsPrintable(deployment.postgres_image)) {
        return BadField("An image name is missing or has control characters.");
    }
    if (deployment.cpu_millis < 20 || deployment.memory_bytes < 64 << 20 ||
        deployment.storage_bytes < 64 << 20) {
        return BadField("At least 20 millicpu, 64 MiB of memory and 64 MiB of storage are needed.");
    }
    if (!deployment.storage_class.empty() && !IsPrintable(deployment.storage_class)) {
        return BadField("The storage class has control characters.");
    }
    if (deployment.ceiling_per_block_e18 <= money::Amount{1} || !IsPrintable(deployment.denom)) {
        return BadField("A positive ceiling and a denomination are needed.");
    }
    for (const auto& host : deployment.accept_hosts) {
        if (!IsHostName(host))
            return BadField("A host name is not one: letters, digits, dots, dashes.");
    }
    for (const auto* environment :
         {&deployment.relay_environment, &deployment.postgres_environment}) {
        for (const auto& [name, value] : *environment) {
            if (!IsPrintable(name) || name.find('=') != name.npos || !IsPrintable(value.Expose())) {
                return BadField("Environment variable " + name +
                                " is empty or has control characters.");
            }
        }
    }
    for (const auto& [key, value] : deployment.required_attributes) {
        if (!IsPrintable(key) || !IsPrintable(value)) return BadField("An attribute is empty.");
    }
    return {};
}

void EmitText(YAML::Emitter& out, const char* key, const std::string& value)
{
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
}

void EmitMount(YAML::Emitter& out, const Volume& volume)
{
    out << YAML::Key << "params" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "storage" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << kVolumeName << YAML::Value << YAML::BeginMap;
    EmitText(out, "mount", volume.mount);
    out << YAML::EndMap << YAML::EndMap << YAML::EndMap;
}

void EmitService(YAML::Emitter& out, const RelayService& service)
{
    out << YAML::Key << service.name << YAML::Value << YAML::BeginMap;
    EmitText(out, "image", service.image);
    if (!service.environment->empty()) {
        out << YAML::Key << "env" << YAML::Value << YAML::BeginSeq;
        for (const auto& [name, value] : *service.environment) {
            out << YAML::DoubleQuoted << name + "=" + value.Expose();
        }
        out << YAML::EndSeq;
    }
    out << YAML::Key << "expose" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
    out << YAML::Key << "port" << YAML::Value << service.port;
    out << YAML::Key << "as" << YAML::Value << service.as;
    if (!service.accept.empty()) {
        out << YAML::Key << "accept" << YAML::Value << YAML::BeginSeq;
        for (const auto& host : service.accept) out << YAML::DoubleQuoted << host;
        out << YAML::EndSeq;
    }
    if (service.body_bytes != kIngressBodyBytes) {
        out << YAML::Key << "http_options" << YAML::Value << YAML::BeginMap;
        out << YAML::Key << "max_body_size" << YAML::Value << service.body_bytes;
        out << YAML::EndMap;
    }
    out << YAML::Key << "to" << YAML::Value << YAML::BeginSeq << YAML::BeginMap;
    if (service.global) {
        out << YAML::Key << "global" << YAML::Value << true;
    } else {
        out << YAML::Key << "service" << YAML::Value << kRelayService;
    }
    out << YAML::EndMap << YAML::EndSeq << YAML::EndMap << YAML::EndSeq;
    if (service.volume) EmitMount(out, *service.volume);
    out << YAML::EndMap;
}

void EmitVolume(YAML::Emitter& out, const Volume& volume)
{
    out << YAML::BeginMap;
    out << YAML::Key << "name" << YAML::Value << kVolumeName;
    out << YAML::Key << "size" << YAML::Value << volume.bytes;
    out << YAML::Key << "attributes" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "persistent" << YAML::Value << true;
    EmitText(out, "class", volume.storage_class);
    out << YAML::EndMap << YAML::EndMap;
}

void EmitCompute(YAML::Emitter& out, const RelayService& service)
{
    out << YAML::Key << service.name << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "resources" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "cpu" << YAML::Value << YAML::BeginMap;
    EmitText(out, "units", std::to_string(service.cpu_millis) + "m");
    out << YAML::EndMap << YAML::Key << "memory" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "size" << YAML::Value << service.memory_bytes;
    out << YAML::EndMap << YAML::Key << "storage" << YAML::Value << YAML::BeginSeq
        << YAML::BeginMap;
    out << YAML::Key << "size" << YAML::Value << service.storage_bytes;
    out << YAML::EndMap;
    if (service.volume) EmitVolume(out, *service.volume);
    out << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
}

void EmitPlacement(YAML::Emitter& out, const RelayDeployment& deployment,
                   const std::vector<RelayService>& services)
{
    out << YAML::Key << "placement" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << kPlacement << YAML::Value << YAML::BeginMap;
    if (!deployment.required_attributes.empty()) {
        out << YAML::Key << "attributes" << YAML::Value << YAML::BeginMap;
        for (const auto& [key, value] : deployment.required_attributes) {
            EmitText(out, key.c_str(), value);
        }
        out << YAML::EndMap;
    }
    out << YAML::Key << "pricing" << YAML::Value << YAML::BeginMap;
    for (const auto& service : services) {
        out << YAML::Key << service.name << YAML::Value << YAML::BeginMap;
        EmitText(out, "denom", deployment.denom);
        out << YAML::Key << "amount" << YAML::Value << FormatDec18(service.price_e18);
        out << YAML::EndMap;
    }
    out << YAML::EndMap << YAML::EndMap << YAML::EndMap;
}

void EmitCounts(YAML::Emitter& out, const std::vector<RelayService>& services)
{
    out << YAML::Key << "deployment" << YAML::Value << YAML::BeginMap;
    for (const auto& service : services) {
        out << YAML::Key << service.name << YAML::Value << YAML::BeginMap;
        out << YAML::Key << kPlacement << YAML::Value << YAML::BeginMap;
        out << YAML::Key << "profile" << YAML::Value << service.name;
        out << YAML::Key << "count" << YAML::Value << 1;
        out << YAML::EndMap << YAML::EndMap;
    }
    out << YAML::EndMap;
}

}  // namespace

std::vector<RelayService> ServicesOf(const RelayDeployment& deployment)
{
    const auto half_price = money::Amount::FromRaw(deployment.ceiling_per_block_e18.raw() / 2);
    RelayService postgres{.name = kPostgresService,
                          .image = deployment.postgres_image,
                          .environment = &deployment.postgres_environment,
                          .port = 5432,
                          .as = 5432,
                          .global = false,
                          .accept = {},
                          .cpu_millis = deployment.cpu_millis / 2,
                          .memory_bytes = deployment.memory_bytes / 2,
                          .storage_bytes = deployment.storage_bytes,
                          .volume = {},
                          .price_e18 = half_price};
    if (!deployment.storage_class.empty()) {
        postgres.storage_bytes = kWritableLayerBytes;
        postgres.volume = Volume{.storage_class = deployment.storage_class,
                                 .mount = kPostgresVolume,
                                 .bytes = deployment.storage_bytes};
    }
    const RelayService relay{.name = kRelayService,
                             .image = deployment.relay_image,
                             .environment = &deployment.relay_environment,
                             .port = 8080,
                             .as = 80,
                             .global = true,
                             .accept = deployment.accept_hosts,
                             .cpu_millis = deployment.cpu_millis - postgres.cpu_millis,
                             .memory_bytes = deployment.memory_bytes - postgres.memory_bytes,
                             .storage_bytes = kWritableLayerBytes,
                             .volume = {},
                             .body_bytes = deployment.body_bytes,
                             .price_e18 = deployment.ceiling_per_block_e18 - half_price};
    return {postgres, relay};
}

Result<Secret> RenderSdl(const RelayDeployment& deployment)
{
    if (const auto checked = CheckFields(deployment); !checked) return checked.error();
    const auto services = ServicesOf(deployment);
    YAML::Emitter out;
    out << YAML::BeginMap;
    EmitText(out, "version", "2.0");
    out << YAML::Key << "services" << YAML::Value << YAML::BeginMap;
    for (const auto& service : services) EmitService(out, service);
    out << YAML::EndMap << YAML::Key << "profiles" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "compute" << YAML::Value << YAML::BeginMap;
    for (const auto& service : services) EmitCompute(out, service);
    out << YAML::EndMap;
    EmitPlacement(out, deployment, services);
    out << YAML::EndMap;
    EmitCounts(out, services);
    out << YAML::EndMap;
    if (!out.good()) return BadField("The SDL cannot be written: " + out.GetLastError());
    return Secret{std::string{out.c_str()} + "\n"};
}

}  // namespace berth::akash
