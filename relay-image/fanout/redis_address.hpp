#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::relay {

/// Where a Redis is, and as whom to talk to it.
struct RedisAddress {
    std::string host;
    int port = 6379;
    std::string user;  ///< Empty: the default user.
    Secret password;   ///< Empty: none is sent.
    int database = 0;

    /// For logs: no user and no password.
    std::string Shown() const;
};

/// Reads `redis://[[user]:password@]host[:port][/database]`; user and password may be
/// percent-encoded, an IPv6 address stands in brackets.
/// Errors: kInvalid `CONFIG_BAD_VALUE` (also `rediss://`: there is no TLS); none quotes `url`.
Result<RedisAddress> ParseRedisUrl(std::string_view url);

}  // namespace berth::relay
