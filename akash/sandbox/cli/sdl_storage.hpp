#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <yaml-cpp/yaml.h>

namespace berth::sandbox {

/// Sorted by key, as the real program has them.
using Attributes = std::map<std::string, std::string>;

/// One entry of a compute profile's storage: what goes with the container, or a volume.
struct Storage {
    std::string name = "default";
    std::int64_t bytes = 0;
    Attributes attributes;
};

// All of these throw CommandFailed in the real program's words, or YAML::Exception.

/// Those of a volume or a placement; none where there is no node.
Attributes ReadAttributes(const YAML::Node& node);
boost::json::array AttributesJson(const Attributes& attributes);
/// `512Mi`, `1G` or a plain number as bytes.
std::int64_t ParseBytes(const YAML::Node& node, const char* what);
/// One entry or a list of them.
std::vector<Storage> ReadStorage(const YAML::Node& node);
/// As a deployment's group has it.
boost::json::array GroupStorageJson(const std::vector<Storage>& storage);
/// As a manifest has it.
boost::json::array ManifestStorageJson(const std::vector<Storage>& storage);
/// Where a service mounts its volumes; nothing where it has none.
std::optional<boost::json::object> ParamsJson(const std::string& service_name,
                                              const YAML::Node& service,
                                              const std::vector<Storage>& storage);

}  // namespace berth::sandbox
