#include "core/config/config.hpp"

#include "core/base/assert.hpp"

namespace berth::config {

template <typename T>
const T& Config::Get(std::string_view key) const
{
    const auto found = values_.find(key);
    BERTH_ASSERT(found != values_.end() && std::holds_alternative<T>(found->second));
    return std::get<T>(found->second);
}

const std::string& Config::Text(std::string_view key) const { return Get<std::string>(key); }

std::int64_t Config::Integer(std::string_view key) const { return Get<std::int64_t>(key); }

bool Config::Bool(std::string_view key) const { return Get<bool>(key); }

std::chrono::milliseconds Config::Duration(std::string_view key) const
{
    return Get<std::chrono::milliseconds>(key);
}

const std::vector<std::string>& Config::List(std::string_view key) const
{
    return Get<std::vector<std::string>>(key);
}

const Secret& Config::SecretOf(std::string_view key) const { return Get<Secret>(key); }

}  // namespace berth::config
