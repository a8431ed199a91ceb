#include "relay-image/http/basic_credentials.hpp"

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::string_view kScheme = "Basic ";
constexpr std::size_t kMaxCredentials = 1024;

}  // namespace

std::optional<std::string> BasicPassword(std::string_view authorization)
{
    if (!authorization.starts_with(kScheme)) return std::nullopt;
    const auto credentials = FromBase64(authorization.substr(kScheme.size()));
    const auto colon = credentials ? credentials->find(':') : std::string::npos;
    if (colon == std::string::npos || credentials->size() > kMaxCredentials) return std::nullopt;
    return credentials->substr(colon + 1);
}

}  // namespace berth::relay
