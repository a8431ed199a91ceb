#include "akash/sandbox/cli/sdl_storage.hpp"

#include <cmath>

#include "akash/sandbox/cli/node_client.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

[[noreturn]] void Refuse(const std::string& text) { throw CommandFailed{text, {}}; }

json::object Value(std::int64_t number) { return {{"val", std::to_string(number)}}; }

bool IsPersistent(const Storage& storage)
{
    const auto found = storage.attributes.find("persistent");
    return found != storage.attributes.end() && found->second == "true";
}

Storage ReadOne(const YAML::Node& node)
{
    return {.name = node["name"] ? node["name"].as<std::string>() : "default",
            .bytes = ParseBytes(node["size"], "storage"),
            .attributes = ReadAttributes(node["attributes"])};
}

/// By the name of the volume.
std::map<std::string, json::object> MountsOf(const YAML::Node& service)
{
    std::map<std::string, json::object> mounts;
    if (!service["params"] || !service["params"]["storage"]) return mounts;
    for (const auto& one : service["params"]["storage"]) {
        const auto name = one.first.as<std::string>();
        const auto read_only = one.second["readOnly"];
        mounts[name] = {{"name", name},
                        {"mount", one.second["mount"].as<std::string>()},
                        {"readOnly", read_only && read_only.as<bool>()}};
    }
    return mounts;
}

}  // namespace

std::int64_t ParseBytes(const YAML::Node& node, const char* what)
{
    if (!node) Refuse(std::string{"error: invalid unit "} + what + ", cannot be nil");
    static const std::map<std::string, double> kUnits{{"", 1},
                                                      {"k", 1e3},
                                                      {"Ki", 1024.0},
                                                      {"M", 1e6},
                                                      {"Mi", 1048576.0},
                                                      {"G", 1e9},
                                                      {"Gi", 1073741824.0},
                                                      {"T", 1e12},
                                                      {"Ti", 1099511627776.0}};
    const auto text = node.as<std::string>();
    std::size_t used = 0;
    const double value = std::stod(text, &used);
    const auto unit = kUnits.find(text.substr(used));
    if (unit == kUnits.end()) Refuse("suffix not found");
    if (value < 0) Refuse("invalid: negative value not allowed");
    return std::llround(value * unit->second);
}

Attributes ReadAttributes(const YAML::Node& node)
{
    Attributes attributes;
    if (!node) return attributes;
    for (const auto& one : node) {
        attributes[one.first.as<std::string>()] = one.second.as<std::string>();
    }
    return attributes;
}

json::array AttributesJson(const Attributes& attributes)
{
    json::array list;
    for (const auto& [key, value] : attributes) {
        list.push_back(json::object{{"key", key}, {"value", value}});
    }
    return list;
}

std::vector<Storage> ReadStorage(const YAML::Node& node)
{
    if (!node) return {};
    if (node.IsMap()) return {ReadOne(node)};
    std::vector<Storage> storage;
    for (const auto& one : node) storage.push_back(ReadOne(one));
    return storage;
}

json::array GroupStorageJson(const std::vector<Storage>& storage)
{
    json::array list;
    for (const auto& one : storage) {
        list.push_back(json::object{{"name", one.name},
                                    {"quantity", Value(one.bytes)},
                                    {"attributes", AttributesJson(one.attributes)}});
    }
    return list;
}

json::array ManifestStorageJson(const std::vector<Storage>& storage)
{
    json::array list;
    for (const auto& one : storage) {
        json::object entry{{"name", one.name}, {"size", Value(one.bytes)}};
        if (!one.attributes.empty()) entry["attributes"] = AttributesJson(one.attributes);
        list.push_back(std::move(entry));
    }
    return list;
}

std::optional<json::object> ParamsJson(const std::string& service_name, const YAML::Node& service,
                                       const std::vector<Storage>& storage)
{
    auto mounts = MountsOf(service);
    for (const auto& one : storage) {
        if (!IsPersistent(one) || mounts.contains(one.name)) continue;
        Refuse("error: " + service_name + ": persistent storage has no mount: " + one.name);
    }
    if (mounts.empty()) return std::nullopt;
    json::array list;
    for (auto& [name, mount] : mounts) list.push_back(std::move(mount));
    return json::object{{"storage", list}};
}

}  // namespace berth::sandbox
