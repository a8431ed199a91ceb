#include "core/rails/sandbox/server.hpp"

#include <csignal>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace berth::rails::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::size_t kBodyMax = 256 * 1024;
constexpr std::chrono::seconds kIdleMax{30};

http::response<http::string_body> Respond(const http::request<http::string_body>& request,
                                          const Server::Handler& handler)
{
    const bool is_post = request.method() == http::verb::post;
    http::response<http::string_body> response{
        is_post ? http::status::ok : http::status::method_not_allowed, request.version()};
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = is_post ? handler(request.body()) : "Send POST.\n";
    response.prepare_payload();
    return response;
}

asio::awaitable<void> Serve(tcp::socket socket, const Server::Handler& handler)
{
    beast::tcp_stream stream{std::move(socket)};
    beast::flat_buffer buffer;
    try {
        for (bool alive = true; alive;) {
            stream.expires_after(kIdleMax);
            http::request_parser<http::string_body> parser;
            parser.body_limit(kBodyMax);
            co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
            auto response = Respond(parser.get(), handler);
            alive = response.keep_alive();
            co_await http::async_write(stream, response, asio::use_awaitable);
        }
    } catch (const beast::system_error&) {
        // The client went away or sent no HTTP: nothing is owed to it.
    }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor, const Server::Handler& handler)
{
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket), handler), asio::detached);
    }
}

asio::awaitable<void> Tick(asio::steady_timer timer, std::function<void()> tick,
                           std::chrono::milliseconds interval)
{
    while (true) {
        timer.expires_after(interval);
        co_await timer.async_wait(asio::use_awaitable);
        tick();
    }
}

}  // namespace

struct Server::State {
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
};

Server::Server(std::unique_ptr<State> state) : state_{std::move(state)} {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Bind(const std::string& address)
{
    auto state = std::make_unique<State>();
    try {
        const auto colon = address.rfind(':');
        if (colon == std::string::npos) throw std::invalid_argument{"it lacks a port"};
        const auto port = std::stoul(address.substr(colon + 1));
        if (port > 65535) throw std::out_of_range{"no such port"};
        const tcp::endpoint endpoint{asio::ip::make_address(address.substr(0, colon)),
                                     static_cast<std::uint16_t>(port)};
        state->acceptor.open(endpoint.protocol());
        state->acceptor.set_option(tcp::acceptor::reuse_address{true});
        state->acceptor.bind(endpoint);
        state->acceptor.listen();
    } catch (const std::exception& exception) {
        return Fail(ErrorCode::kUnavailable, "NOT_BOUND",
                    "Cannot listen on " + address + ": " + exception.what() + ".");
    }
    return std::unique_ptr<Server>{new Server{std::move(state)}};
}

std::string Server::address() const
{
    const auto endpoint = state_->acceptor.local_endpoint();
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

void Server::Run(Handler handler, std::function<void()> tick, std::chrono::milliseconds interval)
{
    auto& context = state_->context;
    asio::signal_set signals{context, SIGINT, SIGTERM};
    signals.async_wait([&](const beast::error_code&, int) { context.stop(); });
    asio::co_spawn(context, Accept(state_->acceptor, handler), asio::detached);
    asio::co_spawn(context, Tick(asio::steady_timer{context}, std::move(tick), interval),
                   asio::detached);
    context.run();
}

}  // namespace berth::rails::sandbox
