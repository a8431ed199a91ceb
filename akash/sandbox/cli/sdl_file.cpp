#include "akash/sandbox/cli/sdl_file.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include <boost/json.hpp>
#include <yaml-cpp/yaml.h>

#include "akash/chain.hpp"
#include "akash/cli_manifest.hpp"
#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/sdl_storage.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

[[noreturn]] void Refuse(const std::string& text) { throw CommandFailed{text, {}}; }

/// `0.5` and `500m` as millicpu.
std::int64_t ParseCpu(const YAML::Node& node)
{
    if (!node) Refuse("error: invalid unit CPU, cannot be nil");
    auto text = node.as<std::string>();
    const bool milli = text.ends_with('m');
    if (milli) text.pop_back();
    const double value = std::stod(text) * (milli ? 1 : 1000);
    if (value < 0) Refuse("invalid: negative value not allowed");
    return std::llround(value);
}

json::object Value(std::int64_t number) { return {{"val", std::to_string(number)}}; }

struct Expose {
    int port = 0;
    int outside = 0;
    std::string protocol = "TCP";
    std::string service;
    bool global = false;
    std::vector<std::string> hosts;
    std::int64_t body_bytes = 1'048'576;
    std::int64_t read_timeout = 60'000;
    std::int64_t send_timeout = 60'000;

    bool IsHttp() const { return global && protocol == "TCP" && outside == 80; }
};

void ReadHttpOptions(const YAML::Node& options, Expose& expose)
{
    const auto read = [&](const char* name, std::int64_t most, std::int64_t& into) {
        if (!options || !options[name]) return;
        into = options[name].as<std::int64_t>();
        if (into > most)
            Refuse(std::string{name} + " cannot be greater than " + std::to_string(most));
    };
    read("max_body_size", 104'857'600, expose.body_bytes);
    read("read_timeout", 60'000, expose.read_timeout);
    read("send_timeout", 60'000, expose.send_timeout);
}

std::vector<Expose> ReadExposes(const YAML::Node& service)
{
    std::vector<Expose> exposes;
    for (const auto& one : service["expose"]) {
        Expose expose;
        expose.port = one["port"].as<int>();
        expose.outside = one["as"] ? one["as"].as<int>() : expose.port;
        if (one["proto"]) expose.protocol = one["proto"].as<std::string>();
        for (auto& c : expose.protocol)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        ReadHttpOptions(one["http_options"], expose);
        for (const auto& host : one["accept"]) expose.hosts.push_back(host.as<std::string>());
        if (!one["to"] || one["to"].size() == 0) exposes.push_back(expose);
        for (const auto& to : one["to"]) {
            expose.global = to["global"] && to["global"].as<bool>();
            expose.service = to["service"] ? to["service"].as<std::string>() : "";
            exposes.push_back(expose);
        }
    }
    std::sort(exposes.begin(), exposes.end(), [](const Expose& a, const Expose& b) {
        return std::tie(a.service, a.port, a.protocol) < std::tie(b.service, b.port, b.protocol);
    });
    return exposes;
}

json::object ExposeJson(const Expose& expose)
{
    json::value hosts;
    if (!expose.hosts.empty()) {
        json::array names;
        for (const auto& host : expose.hosts) names.push_back(json::string{host});
        hosts = names;
    }
    return {{"port", expose.port},
            {"externalPort", expose.outside},
            {"proto", expose.protocol},
            {"service", expose.service},
            {"global", expose.global},
            {"hosts", hosts},
            {"httpOptions", json::object{{"maxBodySize", expose.body_bytes},
                                         {"readTimeout", expose.read_timeout},
                                         {"sendTimeout", expose.send_timeout},
                                         {"nextTries", 3},
                                         {"nextTimeout", 0},
                                         {"nextCases", json::array{"error", "timeout"}}}},
            {"ip", ""},
            {"endpointSequenceNumber", 0}};
}

/// The words of a list, or null where there is none.
json::value TextsJson(const YAML::Node& node)
{
    if (!node || node.size() == 0) return nullptr;
    json::array texts;
    for (const auto& one : node) texts.push_back(json::string{one.as<std::string>()});
    return texts;
}

/// A service's resources in the two spellings that groups and manifest have.
struct Resources {
    std::int64_t cpu, memory;
    std::vector<Storage> storage;

    json::object ForGroup(std::size_t id, const std::vector<Expose>& exposes) const
    {
        const json::array none;
        json::array endpoints;
        for (const auto& expose : exposes) {
            if (!expose.global) continue;
            endpoints.push_back(json::object{
                {"kind", expose.IsHttp() ? "SHARED_HTTP" : "RANDOM_PORT"}, {"sequence_number", 0}});
        }
        return {{"id", id},
                {"cpu", json::object{{"units", Value(cpu)}, {"attributes", none}}},
                {"memory", json::object{{"quantity", Value(memory)}, {"attributes", none}}},
                {"storage", GroupStorageJson(storage)},
                {"gpu", json::object{{"units", Value(0)}, {"attributes", none}}},
                {"endpoints", endpoints}};
    }

    json::object ForManifest(std::size_t id, const std::vector<Expose>& exposes) const
    {
        json::array endpoints;
        for (const auto& expose : exposes) {
            if (!expose.global) continue;
            json::object endpoint;
            if (!expose.IsHttp()) endpoint["kind"] = 1;
            endpoint["sequence_number"] = 0;
            endpoints.push_back(endpoint);
        }
        return {{"id", id},
                {"cpu", json::object{{"units", Value(cpu)}}},
                {"memory", json::object{{"size", Value(memory)}}},
                {"storage", ManifestStorageJson(storage)},
                {"gpu", json::object{{"units", Value(0)}}},
                {"endpoints", endpoints}};
    }
};

Resources ReadResources(const YAML::Node& profile)
{
    const auto resources = profile["resources"];
    const auto part = [&](const char* name, const char* field) {
        const auto node = resources[name];
        return node ? YAML::Node{node[field]} : YAML::Node{YAML::NodeType::Undefined};
    };
    return {.cpu = ParseCpu(part("cpu", "units")),
            .memory = ParseBytes(part("memory", "size"), "memory"),
            .storage = ReadStorage(resources["storage"])};
}

json::object RequirementsJson(const YAML::Node& placement)
{
    const auto list = [&](const char* key) {
        json::array names;
        for (const auto& one : placement["signedBy"][key])
            names.push_back(json::string{one.as<std::string>()});
        return names;
    };
    json::object signed_by{{"all_of", json::array{}}, {"any_of", json::array{}}};
    if (placement["signedBy"]) signed_by = {{"all_of", list("allOf")}, {"any_of", list("anyOf")}};
    return {{"signed_by", signed_by},
            {"attributes", AttributesJson(ReadAttributes(placement["attributes"]))}};
}

json::object PriceJson(const YAML::Node& pricing, SdlDocument& document)
{
    const auto denom = pricing["denom"].as<std::string>();
    const auto amount = akash::ParseDec18(pricing["amount"].as<std::string>());
    if (!amount || *amount < money::Amount{0}) Refuse("invalid coin amount");
    if (*amount == money::Amount{0}) Refuse("invalid coin amount: amount is zero");
    document.denom = denom;
    return {{"denom", denom}, {"amount", akash::FormatDec18(*amount)}};
}

void AddPlacement(const YAML::Node& sdl, const std::string& name, SdlDocument& document)
{
    std::map<std::string, YAML::Node> here;
    for (const auto& one : sdl["deployment"]) {
        if (one.second[name]) here[one.first.as<std::string>()] = one.second[name];
    }
    const auto placement = sdl["profiles"]["placement"][name];
    json::array units;
    json::array services;
    for (const auto& [service_name, use] : here) {
        const auto id = units.size() + 1;
        const auto profile_name = use["profile"].as<std::string>();
        const auto profile = sdl["profiles"]["compute"][profile_name];
        if (!profile) {
            Refuse("SDL invalid: " + service_name + "." + name + ": no compute profile named " +
                   profile_name);
        }
        const auto service = sdl["services"][service_name];
        if (!service["image"] || service["image"].as<std::string>().empty()) {
            Refuse("invalid manifest: service \"" + service_name + "\" has empty image name");
        }
        const auto pricing = placement["pricing"][profile_name];
        if (!pricing) {
            Refuse("SDL invalid: " + service_name + "." + name + ": no pricing for profile " +
                   profile_name);
        }
        const auto exposes = ReadExposes(service);
        const auto resources = ReadResources(profile);
        const auto count = use["count"].as<int>();
        units.push_back(json::object{{"resource", resources.ForGroup(id, exposes)},
                                     {"count", count},
                                     {"price", PriceJson(pricing, document)}});
        json::array expose_list;
        for (const auto& expose : exposes) expose_list.push_back(ExposeJson(expose));
        json::object in_manifest{{"name", service_name},
                                 {"image", service["image"].as<std::string>()},
                                 {"command", TextsJson(service["command"])},
                                 {"args", TextsJson(service["args"])},
                                 {"env", TextsJson(service["env"])},
                                 {"resources", resources.ForManifest(id, exposes)},
                                 {"count", count},
                                 {"expose", expose_list}};
        if (auto params = ParamsJson(service_name, service, resources.storage)) {
            in_manifest["params"] = std::move(*params);
        }
        in_manifest["credentials"] = nullptr;
        services.push_back(std::move(in_manifest));
    }
    document.groups.push_back(json::object{
        {"name", name}, {"requirements", RequirementsJson(placement)}, {"resources", units}});
    document.manifest.push_back(json::object{{"name", name}, {"services", services}});
}

/// Line, from 0 as the real program counts here, of the last bracket that nothing closes.
int LineOfOpenBracket(const std::string& text)
{
    std::vector<int> open;
    int line = 0;
    for (const char c : text) {
        if (c == '[') open.push_back(line);
        if (c == ']' && !open.empty()) open.pop_back();
        if (c == '\n') ++line;
    }
    return open.empty() ? line : open.back();
}

SdlDocument Read(const std::string& text)
{
    const auto sdl = YAML::Load(text);
    if (!sdl.IsMap() || !sdl["profiles"] || !sdl["deployment"] || !sdl["services"])
        Refuse("Invalid groups");
    SdlDocument document;
    std::vector<std::string> placements;
    for (const auto& one : sdl["profiles"]["placement"])
        placements.push_back(one.first.as<std::string>());
    std::sort(placements.begin(), placements.end());
    for (const auto& name : placements) AddPlacement(sdl, name, document);
    if (document.groups.empty()) Refuse("Invalid groups");
    document.hash = FromHex(akash::ManifestHashHex(document.manifest)).value_or("");
    return document;
}

}  // namespace

SdlDocument ReadSdl(const std::string& path)
{
    std::ifstream in{path};
    if (!in) Refuse("open " + path + ": no such file or directory");
    std::ostringstream text;
    text << in.rdbuf();
    try {
        return Read(text.str());
    } catch (const YAML::ParserException& error) {
        const bool is_open = error.msg.find("sequence flow") != error.msg.npos;
        const auto line = is_open ? LineOfOpenBracket(text.str()) : error.mark.line;
        const auto words = is_open ? "did not find expected ',' or ']'" : error.msg;
        Refuse("yaml: line " + std::to_string(std::max(line, 1)) + ": " + words);
    } catch (const YAML::Exception& error) {
        Refuse("yaml: " + error.msg);
    } catch (const std::logic_error&) {
        Refuse("SDL invalid: a number is not one");
    }
}

}  // namespace berth::sandbox
