#include "relay-image/fanout/redis_address.hpp"

#include <charconv>
#include <optional>

#include "core/base/encoding.hpp"
#include "core/base/percent_encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::string_view kScheme = "redis://", kTlsScheme = "rediss://";
constexpr int kMaxPort = 65535, kMaxDatabase = 9999;

Error Bad(const std::string& why)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", "relay.redis.url: " + why);
}

std::optional<int> NumberUpTo(std::string_view text, int most)
{
    int number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!IsPlainDecimal(text) || read.ec != std::errc{} || number > most) return std::nullopt;
    return number;
}

bool IsHost(std::string_view host)
{
    return !host.empty() && host.find_first_of("/?#@[] \t\r\n%") == std::string_view::npos &&
           host.find('\0') == std::string_view::npos;
}

Result<void> ReadCredentials(std::string_view text, RedisAddress& address)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return Bad("a user needs a password, user:password@host.");
    const auto user = PercentDecoded(text.substr(0, colon));
    const auto password = PercentDecoded(text.substr(colon + 1));
    if (!user || !password) return Bad("what follows a % is no byte in hexadecimal.");
    if (password->empty()) return Bad("the password is empty.");
    address.user = *user;
    address.password = Secret{*password};
    return {};
}

/// Reads `host`, `host:port` or `[address]:port`.
Result<void> ReadHost(std::string_view text, RedisAddress& address)
{
    const bool bracketed = text.starts_with('[');
    const auto end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && end == std::string_view::npos) return Bad("a bracket is not closed.");
    const auto host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    if (!IsHost(host)) return Bad("it names no host.");
    address.host = host;
    const auto rest =
        end == std::string_view::npos ? std::string_view{} : text.substr(end + (bracketed ? 1 : 0));
    if (rest.empty()) return {};
    const auto port =
        rest.front() == ':' ? NumberUpTo(rest.substr(1), kMaxPort) : std::optional<int>{};
    if (!port || *port == 0) return Bad("the port is no number from 1 to 65535.");
    address.port = *port;
    return {};
}

}  // namespace

std::string RedisAddress::Shown() const
{
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<RedisAddress> ParseRedisUrl(std::string_view url)
{
    if (url.starts_with(kTlsScheme)) {
        return Bad("this program reaches Redis without TLS only; put a TLS tunnel between.");
    }
    if (!url.starts_with(kScheme)) return Bad("it does not begin with redis://.");
    auto rest = url.substr(kScheme.size());
    RedisAddress address;
    if (const auto slash = rest.find('/', rest.rfind('@') + 1); slash != std::string_view::npos) {
        const auto name = rest.substr(slash + 1);
        const auto database = name.empty() ? std::optional{0} : NumberUpTo(name, kMaxDatabase);
        if (!database) return Bad("the database is no number from 0 to 9999.");
        address.database = *database;
        rest = rest.substr(0, slash);
    }
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        if (auto read = ReadCredentials(rest.substr(0, at), address); !read) return read.error();
        rest = rest.substr(at + 1);
    }
    if (auto read = ReadHost(rest, address); !read) return read.error();
    return address;
}

}  // namespace berth::relay
