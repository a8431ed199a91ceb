#include "akash/sandbox/runtime/service_terms.hpp"

#include <algorithm>

namespace berth::sandbox {

std::map<std::string, std::string> EnvironmentOf(const boost::json::value& service)
{
    std::map<std::string, std::string> environment;
    const auto* lines = service.at("env").if_array();
    if (!lines) return environment;
    for (const auto& line : *lines) {
        const std::string text{line.as_string()};
        const auto equals = text.find('=');
        if (equals != text.npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return environment;
}

ContainerLimits LimitsOf(const boost::json::value& resources)
{
    const auto number = [&](const char* pointer) {
        return std::stoll(std::string{resources.at_pointer(pointer).as_string()});
    };
    return {.memory_bytes = number("/memory/size/val"), .cpu_millis = number("/cpu/units/val")};
}

bool HasVolume(const boost::json::value& resources)
{
    const boost::json::value persistent{{"key", "persistent"}, {"value", "true"}};
    return std::ranges::any_of(resources.at("storage").as_array(), [&](const auto& storage) {
        const auto* attributes = storage.as_object().if_contains("attributes");
        return attributes && std::ranges::count(attributes->as_array(), persistent) > 0;
    });
}

}  // namespace berth::sandbox
