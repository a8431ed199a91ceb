#include "relay-image/http/server.hpp"

#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace berth::relay {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using http::status;
using namespace std::chrono_literals;

constexpr auto kRequestTime = 15s;  ///< For one request to arrive, or its answer to leave.
constexpr std::size_t kMaxHeaderBytes = 8192;
constexpr std::size_t kMaxBodyBytes = 4096;
http::response<http::string_body> Rendered(Answer answer, const HttpCall::Request& request)
{
    http::response<http::string_body> response{answer.status, request.version()};
    response.set(http::field::server, "berth-relay");
    response.set("X-Content-Type-Options", "nosniff");
    if (answer.status != status::no_content) response.set(http::field::content_type, answer.type);
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.keep_alive(request.keep_alive());
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return response;
}

/// The address and port of `host:port` or `[v6]:port`.
Result<tcp::endpoint> ParseEndpoint(const std::string& text)
{
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    unsigned short port = 0;
    const char* end = text.data() + text.size();
    const auto read =
        std::from_chars(text.data() + std::min(colon, text.size() - 1) + 1, end, port);
    if (colon == std::string::npos || error || read.ec != std::errc{} || read.ptr != end) {
        return Fail(ErrorCode::kInvalid, "BAD_ADDRESS", "\"" + text + "\" is not host:port.");
    }
    return tcp::endpoint{address, port};
}

}  // namespace

Server::Server(asio::io_context& io, SessionContext& sessions, const Routes& routes,
               std::size_t max_connections)
    : io_{io}, sessions_{sessions}, routes_{routes}, max_connections_{max_connections}
{
}

Result<std::string> Server::Listen(const std::string& address)
{
    if (address.empty()) return Fail(ErrorCode::kInvalid, "BAD_ADDRESS", "An address is empty.");
    const auto endpoint = ParseEndpoint(address);
    if (!endpoint) return endpoint.error();
    auto acceptor = std::make_shared<Acceptor>(io_);
    boost::system::error_code error;
    acceptor->open(endpoint->protocol(), error);
    if (!error) acceptor->set_option(Acceptor::reuse_address{true}, error);
    if (!error) acceptor->bind(*endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return Fail(ErrorCode::kUnavailable, "ADDRESS_NOT_AVAILABLE",
                    "Cannot listen on " + address + ": " + error.message());
    }
    acceptors_.push_back(acceptor);
    asio::co_spawn(io_, AcceptAll(acceptor), asio::detached);
    const auto taken = acceptor->local_endpoint();
    const auto host = taken.address().to_string();
    return (taken.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(taken.port());
}

void Server::StartDraining()
{
    draining_ = true;
    boost::system::error_code ignored;
    for (const auto& acceptor : acceptors_) acceptor->close(ignored);
}

asio::awaitable<void> Server::AcceptAll(std::shared_ptr<Acceptor> acceptor)
{
    while (acceptor->is_open()) {
        boost::system::error_code error;
        auto socket =
            co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (error) {  // Out of descriptors: the connections that end will free some.
            asio::steady_timer pause{io_, 100ms};
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        if (connections_ < max_connections_) {
            asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
        }
    }
}

asio::awaitable<void> Server::Serve(Socket socket)
{
    ++connections_;
    try {
        socket.set_option(tcp::no_delay{true});
        co_await ServeRequests(std::move(socket));
    } catch (const boost::system::system_error&) {  // The client went away.
    }
    --connections_;
}

asio::awaitable<void> Server::ServeRequests(Socket socket)
{
    const auto address = socket.remote_endpoint().address().to_string();
    beast::tcp_stream stream{std::move(socket)};
    beast::flat_buffer buffer;
    bool again = true;
    while (again) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(kMaxHeaderBytes);
        parser.body_limit(kMaxBodyBytes);
        stream.expires_after(kRequestTime);
        co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
        auto request = parser.release();
        const HttpCall call{request, address};
        if (beast::websocket::is_upgrade(request) && call.Path() == "/") {
            const auto session = std::make_shared<Session>(stream.release_socket(), sessions_);
            co_return co_await session->Run(std::move(request));
        }
        auto response = Rendered(co_await routes_.Respond(call), request);
        again = response.keep_alive();
        stream.expires_after(kRequestTime);
        co_await http::async_write(stream, response, asio::use_awaitable);
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace berth::relay
