#include "core/rails/lnd_sandbox/server.hpp"

#include <csignal>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace berth::rails::lnd_sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::size_t kBodyMax = 256 * 1024;
constexpr std::chrono::seconds kIdleMax{30};

RestCall ToCall(const http::request<http::string_body>& request)
{
    const auto text = [](beast::string_view view) { return std::string{view.data(), view.size()}; };
    return {.method = text(request.method_string()),
            .target = text(request.target()),
            .macaroon = text(request["Grpc-Metadata-macaroon"]),
            .body = request.body()};
}

http::response<http::string_body> ToResponse(const http::request<http::string_body>& request,
                                             RestAnswer answer)
{
    http::response<http::string_body> response{
        static_cast<http::status>(static_cast<unsigned>(answer.status)), request.version()};
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(answer.body);
    response.prepare_payload();
    return response;
}

asio::awaitable<void> Serve(tcp::socket socket, asio::ssl::context& tls,
                            const Server::Handler& handler)
{
    beast::ssl_stream<beast::tcp_stream> stream{beast::tcp_stream{std::move(socket)}, tls};
    beast::flat_buffer buffer;
    try {
        beast::get_lowest_layer(stream).expires_after(kIdleMax);
        co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
        for (bool alive = true; alive;) {
            beast::get_lowest_layer(stream).expires_after(kIdleMax);
            http::request_parser<http::string_body> parser;
            parser.body_limit(kBodyMax);
            co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
            const auto call = ToCall(parser.get());
            if (const auto delay = handler.delay(call); delay.count() > 0) {
                asio::steady_timer timer{stream.get_executor(), delay};
                co_await timer.async_wait(asio::use_awaitable);
            }
            auto answer = handler.answer(call);
            if (answer.cut_off) co_return;
            auto response = ToResponse(parser.get(), std::move(answer));
            alive = response.keep_alive();
            co_await http::async_write(stream, response, asio::use_awaitable);
        }
        co_await stream.async_shutdown(asio::use_awaitable);
    } catch (const beast::system_error&) {
        // The client went away or does not speak HTTPS: nothing is owed to it.
    }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor, asio::ssl::context& tls,
                             const Server::Handler& handler)
{
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket), tls, handler),
                       asio::detached);
    }
}

}  // namespace

struct Server::State {
    asio::ssl::context tls{asio::ssl::context::tls_server};
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
};

Server::Server(std::unique_ptr<State> state) : state_{std::move(state)} {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Bind(const std::string& address, const std::string& folder)
{
    auto state = std::make_unique<State>();
    try {
        state->tls.use_certificate_chain_file(folder + "/tls.cert");
        state->tls.use_private_key_file(folder + "/tls.key", asio::ssl::context::pem);
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

void Server::Run(Handler handler)
{
    auto& context = state_->context;
    asio::signal_set signals{context, SIGINT, SIGTERM};
    signals.async_wait([&](const beast::error_code&, int) { context.stop(); });
    asio::co_spawn(context, Accept(state_->acceptor, state_->tls, handler), asio::detached);
    context.run();
}

}  // namespace berth::rails::lnd_sandbox
