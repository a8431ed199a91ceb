#include "core/probe/http_client.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/base/lower_case.hpp"

namespace berth::probe {
namespace {

namespace http = boost::beast::http;

Error BadUrl()
{
    return Fail(ErrorCode::kInvalid, "BAD_URL",
                "A URL is scheme://host[:port][/path] without user name or fragment.");
}

bool IsAddress(const std::string& host)
{
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

/// Takes `host`, `host:port`, `[v6]` or `[v6]:port`.
bool ReadAuthority(std::string_view text, Url& url)
{
    const bool bracketed = text.starts_with('[');
    const auto host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (host_end == std::string_view::npos) return false;
    url.host =
        LowerCase(std::string{text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0))});
    const auto rest = text.substr(host_end + (bracketed ? 1 : 0));
    if (url.host.empty()) return false;
    if (rest.empty()) return true;
    const auto end = rest.data() + rest.size();
    const auto [stopped, error] = std::from_chars(rest.data() + 1, end, url.port);
    return rest[0] == ':' && error == std::errc{} && stopped == end && url.port > 0 &&
           url.port <= 65535;
}

Result<std::string> AddressOf(const Url& url, const HttpRoute& route, Deadline deadline)
{
    if (!route.connect_address.empty()) return route.connect_address;
    if (IsAddress(url.host)) return url.host;
    if (!route.resolver) {
        return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", url.host + " is not an address.");
    }
    const auto found = route.resolver->Resolve(url.host, deadline);
    if (!found) return found.error();
    return found->addresses.front();
}

http::request<http::string_body> ToBeast(const HttpRequest& request, const Url& url)
{
    http::request<http::string_body> message;
    message.method_string(request.method);
    message.target(url.target);
    message.version(11);
    const bool usual = url.port == (url.tls ? 443 : 80);
    const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    message.set(http::field::host, usual ? host : host + ":" + std::to_string(url.port));
    message.set(http::field::connection, "close");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();
    return message;
}

std::string BytesOf(http::request<http::string_body> message)
{
    http::request_serializer<http::string_body> serializer{message};
    std::string bytes;
    boost::beast::error_code code;
    while (!serializer.is_done()) {
        serializer.next(code, [&](boost::beast::error_code&, const auto& buffers) {
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
            }
            serializer.consume(boost::beast::buffer_bytes(buffers));
        });
    }
    return bytes;
}

/// Reads the answer to its end, which may be the connection's.
Result<void> ReadInto(http::response_parser<http::string_body>& parser, Connection& connection)
{
    std::array<char, 16384> buffer;
    std::string ahead;
    boost::beast::error_code code;
    while (!parser.is_done()) {
        const auto count = connection.ReadSome(buffer.data(), buffer.size());
        if (!count) return count.error();
        ahead.append(buffer.data(), *count);
        if (*count > 0) {
            ahead.erase(0, parser.put(boost::asio::buffer(ahead), code));
        } else if (parser.got_some()) {
            parser.put_eof(code);
        } else {
            code = http::error::end_of_stream;
        }
        if (code == http::error::body_limit) {
            return Fail(ErrorCode::kExhausted, "TOO_LARGE", "The answer is too large.");
        }
        if (code && code != http::error::need_more) {
            return Fail(ErrorCode::kUnavailable, "BAD_HTTP_RESPONSE",
                        "reading the answer: " + code.message() + ".");
        }
    }
    return {};
}

Result<HttpResponse> Exchange(const HttpRequest& request, const Url& url, Connection& connection,
                              std::size_t body_limit)
{
    if (const auto sent = connection.Write(BytesOf(ToBeast(request, url))); !sent) {
        return sent.error();
    }
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(body_limit);
    parser.header_limit(64 * 1024);
    if (request.method == "HEAD") parser.skip(true);
    if (const auto read = ReadInto(parser, connection); !read) return read.error();
    HttpResponse response{.status = static_cast<int>(parser.get().result_int()),
                          .headers = {},
                          .body = std::move(parser.get().body())};
    for (const auto& field : parser.get()) {
        const auto name = field.name_string();
        const auto value = field.value();
        response.headers[LowerCase({name.data(), name.size()})] = {value.data(), value.size()};
    }
    return response;
}

}  // namespace

Result<Url> ParseUrl(std::string_view text)
{
    const auto separator = text.find("://");
    if (separator == std::string_view::npos || text.size() > 2048) return BadUrl();
    const auto plain = [](unsigned char c) { return c > 0x20 && c < 0x7f; };
    if (!std::all_of(text.begin(), text.end(), plain)) return BadUrl();
    const auto scheme = LowerCase(std::string{text.substr(0, separator)});
    Url url{.tls = scheme == "https" || scheme == "wss", .host = {}, .port = 0};
    if (!url.tls && scheme != "http" && scheme != "ws") return BadUrl();
    const auto rest = text.substr(separator + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos || rest.find('#') != std::string_view::npos ||
        !ReadAuthority(authority, url)) {
        return BadUrl();
    }
    if (url.port == 0) url.port = url.tls ? 443 : 80;
    if (authority.size() < rest.size()) url.target = rest.substr(authority.size());
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

Result<HttpResponse> Fetch(const HttpRequest& request, const HttpRoute& route, Deadline deadline)
{
    const auto url = ParseUrl(request.url);
    if (!url) return url.error();
    const auto address = AddressOf(*url, route, deadline);
    if (!address) return address.error();
    const auto connection = Connection::Open({.host = url->host,
                                              .port = url->port,
                                              .tls = url->tls,
                                              .connect_address = *address,
                                              .connect_port = route.connect_port,
                                              .ca_file = route.ca_file},
                                             deadline);
    if (!connection) return connection.error();
    (*connection)->set_byte_limit(route.body_limit + 128 * 1024);
    return Exchange(request, *url, **connection, route.body_limit);
}

}  // namespace berth::probe
