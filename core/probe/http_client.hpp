#pragma once

#include <map>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/probe/connection.hpp"
#include "core/probe/resolver.hpp"

namespace berth::probe {

struct HttpRequest {
    std::string method = "GET";
    std::string url;  ///< `http://` or `https://`, host, optional port, path and query.
    std::map<std::string, std::string> headers{};
    std::string body{};
};

/// How to get to the server. With neither address nor resolver the host has to be an address
/// itself.
struct HttpRoute {
    std::string connect_address{};       ///< Instead of resolving the host.
    int connect_port = 0;                ///< Instead of the URL's.
    const Resolver* resolver = nullptr;  ///< Asked when there is no `connect_address`.
    std::string ca_file{};               ///< PEM; empty: the system's store.
    std::size_t body_limit = 1 << 20;    ///< In bytes.
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
};

/// A URL of http, https, ws or wss in its parts.
struct Url {
    bool tls = false;
    std::string host;  ///< Lower case.
    int port = 0;      ///< 80 or 443 if the URL names none.
    std::string target = "/";
};

/// Errors: kInvalid `BAD_URL`; user names and fragments are refused.
Result<Url> ParseUrl(std::string_view text);

/// Sends one request on a connection of its own and reads the answer; follows no redirect.
/// Thread-safe; blocks until the deadline at most. Any HTTP status is a value.
/// Errors: `BAD_URL`, those of Resolver and Connection, and kUnavailable `BAD_HTTP_RESPONSE`.
Result<HttpResponse> Fetch(const HttpRequest& request, const HttpRoute& route, Deadline deadline);

}  // namespace berth::probe
