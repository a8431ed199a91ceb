#include "akash/sandbox/cli/node_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

namespace berth::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

struct Url {
    std::string text;  ///< As Go prints it in an error.
    std::string host;
    std::string port;
};

Url ParseUrl(const std::string& node_url)
{
    Url url{.text = node_url, .host = {}, .port = "80"};
    const auto scheme = node_url.find("://");
    auto rest = scheme == node_url.npos ? node_url : node_url.substr(scheme + 3);
    if (scheme == node_url.npos || node_url.starts_with("tcp://")) url.text = "http://" + rest;
    rest = rest.substr(0, rest.find('/'));
    const auto colon = rest.rfind(':');
    url.host = rest.substr(0, colon);
    if (colon != rest.npos) url.port = rest.substr(colon + 1);
    return url;
}

/// What Go's JSON decoder says about the first byte that does not fit.
std::string DecoderWords(const std::string& body)
{
    boost::system::error_code not_json;
    const auto parsed = json::parse(body, not_json);
    if (!not_json && parsed.is_object()) {
        return "json: cannot unmarshal string into Go struct field .error of type types.RPCError";
    }
    const auto first = body.find_first_not_of(" \n\t\r");
    if (first == body.npos) return "unexpected end of JSON input";
    return std::string{"invalid character '"} + body[first] + "' looking for beginning of value";
}

[[noreturn]] void FailToPost(const Url& url, const std::string& why)
{
    throw CommandFailed{"post failed: Post \"" + url.text + "\": " + why, {}};
}

tcp::resolver::results_type Resolve(asio::io_context& io, const Url& url)
{
    boost::system::error_code error;
    auto found = tcp::resolver{io}.resolve(url.host, url.port, error);
    if (error) FailToPost(url, "dial tcp: lookup " + url.host + ": no such host");
    return found;
}

}  // namespace

json::value AskNode(const std::string& node_url, const std::string& method,
                    const json::object& params, const std::string& target)
{
    const auto url = ParseUrl(node_url);
    asio::io_context io;
    beast::tcp_stream stream{io};
    boost::system::error_code error;
    stream.socket().connect(*Resolve(io, url).begin(), error);
    if (error)
        FailToPost(url, "dial tcp " + url.host + ":" + url.port + ": connect: connection refused");

    http::request<http::string_body> request{http::verb::post, target, 11};
    request.set(http::field::host, url.host + ":" + url.port);
    request.body() = json::serialize(json::object{{"method", method}, {"params", params}});
    request.prepare_payload();
    http::write(stream, request, error);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(256 << 20);
    if (!error) http::read(stream, buffer, parser, error);
    if (error) FailToPost(url, "EOF");

    const auto& response = parser.get();
    boost::system::error_code not_json;
    const auto parsed = json::parse(response.body(), not_json);
    if (not_json || !parsed.is_object() || response.result() != http::status::ok) {
        throw CommandFailed{"error in json rpc client, with http response metadata: (Status: " +
                                std::to_string(response.result_int()) + " " +
                                std::string{response.reason()} +
                                ", Protocol HTTP/1.1). error "
                                "unmarshalling: " +
                                DecoderWords(response.body()),
                            {}};
    }
    const auto& answer = parsed.as_object();
    if (const auto* text = answer.if_contains("error")) {
        const auto* detail = answer.if_contains("detail");
        throw CommandFailed{std::string{text->as_string()},
                            detail ? std::string{detail->as_string()} : std::string{}};
    }
    return answer.at("result");
}

}  // namespace berth::sandbox
