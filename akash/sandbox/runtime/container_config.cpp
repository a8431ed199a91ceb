#include "akash/sandbox/runtime/container_config.hpp"

#include <boost/json.hpp>

namespace berth::sandbox {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto kHost = "HOSTNAME";
constexpr std::int64_t kPeriod = 100'000;  ///< Of the share of a processor, in microseconds.

json::object ReadOnlyFile(const std::string& path)
{
    return {{"destination", path},
            {"source", path},
            {"type", "bind"},
            {"options", {"bind", "ro", "nosuid", "nodev", "noexec"}}};
}

/// No terminals, queues or shared memory: a service needs none, and who is not root could not have
/// them. Names are resolved as the host does.
json::array Mounts()
{
    json::array mounts{{{"destination", "/proc"},
                        {"source", "proc"},
                        {"type", "proc"},
                        {"options", {"nosuid", "noexec", "nodev"}}},
                       {{"destination", "/dev"},
                        {"source", "tmpfs"},
                        {"type", "tmpfs"},
                        {"options", {"nosuid", "strictatime", "mode=755", "size=65536k"}}}};
    for (const auto* path : {"/etc/resolv.conf", "/etc/hosts"}) {
        if (fs::exists(path)) mounts.push_back(ReadOnlyFile(path));
    }
    return mounts;
}

void SetProcess(json::object& process, const ContainerTerms& terms)
{
    process["terminal"] = false;
    process["noNewPrivileges"] = true;
    process["capabilities"] = json::object{};
    process.erase("rlimits");  // Those of the host hold.
    if (!terms.is_root) process["user"] = {{"uid", 0}, {"gid", 0}};
    for (const auto& argument : terms.arguments)
        process.at("args").as_array().emplace_back(argument);
    json::array lines;
    for (const auto& line : process.at("env").as_array()) {
        const std::string text{line.as_string()};
        if (!terms.environment.contains(text.substr(0, text.find('=')))) lines.push_back(line);
    }
    for (const auto& [name, value] : terms.environment) lines.emplace_back(name + "=" + value);
    process["env"] = std::move(lines);
}

void SetLimits(json::object& resources, const ContainerLimits& limits)
{
    if (limits.memory_bytes > 0) {
        resources["memory"] = {{"limit", limits.memory_bytes}};
    }
    if (limits.cpu_millis > 0) {
        resources["cpu"] = {{"period", kPeriod}, {"quota", limits.cpu_millis * kPeriod / 1000}};
    }
}

}  // namespace

std::string ContainerConfig(const std::string& unpacked, const ContainerTerms& terms)
{
    auto config = json::parse(unpacked).as_object();
    SetProcess(config.at("process").as_object(), terms);
    config["root"] = {{"path", terms.root.string()}, {"readonly", true}};
    config["mounts"] = Mounts();
    const auto host = terms.environment.find(kHost);
    if (host != terms.environment.end()) config["hostname"] = host->second;
    auto& system = config.at("linux").as_object();
    json::array namespaces;
    for (const auto* kind : {"pid", "ipc", "uts", "mount"}) {
        namespaces.push_back(json::object{{"type", kind}});
    }
    system["namespaces"] = namespaces;
    if (terms.is_root) {
        system["cgroupsPath"] = terms.control_group;
        auto& resources = system["resources"];
        if (!resources.is_object()) resources = json::object{};
        SetLimits(resources.as_object(), terms.limits);
    }
    return json::serialize(config);
}

}  // namespace berth::sandbox
