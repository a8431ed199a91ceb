#include "akash/cli_manifest.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/chain.hpp"
#include "akash/cli_output.hpp"
#include "akash/relay_services.hpp"
#include "akash/secret_file.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;

/// Go's encoder also escapes what would be live in HTML, and two line separators.
std::string EscapeAsGo(const std::string& serialized)
{
    std::string out;
    for (std::size_t i = 0; i < serialized.size(); ++i) {
        const char c = serialized[i];
        if (c == '<') {
            out += "\\u003c";
        } else if (c == '>') {
            out += "\\u003e";
        } else if (c == '&') {
            out += "\\u0026";
        } else if (serialized.compare(i, 3, "\xe2\x80\xa8") == 0) {
            out += "\\u2028";
            i += 2;
        } else if (serialized.compare(i, 3, "\xe2\x80\xa9") == 0) {
            out += "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

json::value Sorted(const json::value& value)
{
    if (const auto* array = value.if_array()) {
        json::array sorted;
        for (const auto& element : *array) sorted.push_back(Sorted(element));
        return sorted;
    }
    const auto* object = value.if_object();
    if (!object) return value;
    std::map<std::string, json::value> entries;
    for (const auto& [key, member] : *object) entries.emplace(std::string{key}, Sorted(member));
    json::object sorted;
    for (auto& [key, member] : entries) sorted.emplace(key, std::move(member));
    return sorted;
}

Fields FirstOf(const Fields& list)
{
    const auto elements = list.list();
    if (elements.empty()) throw FieldMissing{"a group"};
    return elements.front();
}

json::object Value(std::int64_t number) { return {{"val", std::to_string(number)}}; }

json::object ResourceUnit(const RelayService& service, std::size_t id, const std::string& denom)
{
    json::array endpoints;
    if (service.global) {
        endpoints.push_back(json::object{{"kind", "SHARED_HTTP"}, {"sequence_number", 0}});
    }
    const json::array none;
    return {{"resource",
             json::object{
                 {"id", id},
                 {"cpu", json::object{{"units", Value(service.cpu_millis)}, {"attributes", none}}},
                 {"memory",
                  json::object{{"quantity", Value(service.memory_bytes)}, {"attributes", none}}},
                 {"storage", json::array{json::object{{"name", "default"},
                                                      {"quantity", Value(service.storage_bytes)},
                                                      {"attributes", none}}}},
                 {"gpu", json::object{{"units", Value(0)}, {"attributes", none}}},
                 {"endpoints", endpoints}}},
            {"count", 1},
            {"price", json::object{{"denom", denom}, {"amount", FormatDec18(service.price_e18)}}}};
}

}  // namespace

std::string ManifestHashHex(const json::value& manifest)
{
    return ToHex(Sha256(EscapeAsGo(json::serialize(Sorted(manifest)))));
}

std::string GroupsJson(const RelayDeployment& deployment)
{
    json::array attributes;
    for (const auto& [key, value] : deployment.required_attributes) {
        attributes.push_back(json::object{{"key", key}, {"value", value}});
    }
    json::array resources;
    for (const auto& service : ServicesOf(deployment)) {
        resources.push_back(ResourceUnit(service, resources.size() + 1, deployment.denom));
    }
    const json::array none;
    return json::serialize(json::array{
        json::object{{"name", kPlacement},
                     {"requirements",
                      json::object{{"signed_by", json::object{{"all_of", none}, {"any_of", none}}},
                                   {"attributes", attributes}}},
                     {"resources", resources}}});
}

Result<Manifest> CliManifestSource::ManifestOf(const Secret& sdl, const RelayDeployment& deployment,
                                               Deadline deadline)
{
    const auto file = SecretFile::Write(sdl, "deployment.yaml");
    if (!file) return file.error();
    Command command;
    command.argv = {programs_.provider_services, "sdl-to-manifest", file->path().string()};
    const auto output = runner_.Run(command, deadline.AtMost(programs_.query_limit));
    if (!output) {
        return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", output.error().message);
    }
    if (output->exit_code != 0) return Fail(ErrorCode::kInvalid, "SDL_REFUSED", ErrorText(*output));
    const auto manifest = ParseOutput(*output);
    if (!manifest) return Fail(ErrorCode::kInvalid, "SDL_REFUSED", manifest.error().message);
    const auto services = ReadFields(*manifest, [](const Fields& fields) {
        std::vector<std::string> names;
        for (const auto& service : FirstOf(fields).at("services").list()) {
            names.push_back(service.at("name").text());
        }
        return names;
    });
    if (!services || *services != std::vector<std::string>{kPostgresService, kRelayService}) {
        return Fail(ErrorCode::kInvalid, "SDL_REFUSED",
                    "The manifest has other services than asked.");
    }
    return Manifest{.groups_json = GroupsJson(deployment), .hash_hex = ManifestHashHex(*manifest)};
}

}  // namespace berth::akash
