#include "akash/sandbox/cli/provider_file.hpp"

#include <boost/json.hpp>
#include <yaml-cpp/yaml.h>

#include "akash/sandbox/cli/node_client.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

std::string Field(const YAML::Node& node, const char* name)
{
    return node[name] ? node[name].as<std::string>() : std::string{};
}

}  // namespace

json::value ProviderMessage(const std::string& path, const std::string& owner)
{
    try {
        const auto file = YAML::LoadFile(path);
        json::array attributes;
        for (const auto& one : file["attributes"]) {
            attributes.push_back(json::object{{"key", one["key"].as<std::string>()},
                                              {"value", one["value"].as<std::string>()}});
        }
        const auto info = file["info"] ? file["info"] : YAML::Node{YAML::NodeType::Map};
        return json::object{{"@type", "/akash.provider.v1beta4.MsgCreateProvider"},
                            {"owner", owner},
                            {"host_uri", file["host"].as<std::string>()},
                            {"attributes", attributes},
                            {"info", json::object{{"email", Field(info, "email")},
                                                  {"website", Field(info, "website")}}}};
    } catch (const YAML::BadFile&) {
        throw CommandFailed{"open " + path + ": no such file or directory", {}};
    } catch (const YAML::Exception& error) {
        throw CommandFailed{"yaml: " + error.msg, {}};
    }
}

}  // namespace berth::sandbox
