#include "core/http/server.hpp"

#include <array>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/base/lower_case.hpp"
#include "core/http/stream.hpp"

namespace berth::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Parser = beast::http::request_parser<beast::http::string_body>;

std::string Text(beast::string_view view) { return {view.data(), view.size()}; }

Request RequestOf(beast::http::request<beast::http::string_body> parsed)
{
    Request request{.method = Text(parsed.method_string()),
                    .target = Text(parsed.target()),
                    .headers = {},
                    .body = std::move(parsed.body())};
    for (const auto& field : parsed) {
        request.headers[LowerCase(Text(field.name_string()))] = Text(field.value());
    }
    return request;
}

std::string BytesOf(const Response& response, bool stays)
{
    const auto reason =
        beast::http::obsolete_reason(beast::http::int_to_status(unsigned(response.status)));
    return "HTTP/1.1 " + std::to_string(response.status) + ' ' + Text(reason) +
           "\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(response.body.size()) +
           "\r\nConnection: " + (stays ? "keep-alive" : "close") + "\r\n\r\n" + response.body;
}

tcp::endpoint EndpointOf(const std::string& address)
{
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) throw std::invalid_argument{"it lacks a port"};
    const auto port = std::stoul(address.substr(colon + 1));
    if (port > 65535) throw std::out_of_range{"no such port"};
    return {asio::ip::make_address(address.substr(0, colon)), static_cast<std::uint16_t>(port)};
}

}  // namespace

std::string Request::Header(const std::string& name) const
{
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
}

struct Server::State {
    State(asio::io_context& io, ServerSettings chosen)
        : settings{std::move(chosen)}, acceptor{io}, with_tls{!settings.certificate_file.empty()}
    {
    }

    void Listen();
    asio::awaitable<void> Accept();
    asio::awaitable<void> Serve(std::unique_ptr<Stream> stream);
    /// The next request; nothing where the client ends, is silent for too long, or sends no HTTP.
    asio::awaitable<std::optional<Parser::value_type>> Read(Stream& stream, std::string& ahead);

    ServerSettings settings;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    tcp::acceptor acceptor;
    const bool with_tls;
    Handler handler;
};

void Server::State::Listen()
{
    if (with_tls) {
        tls.use_certificate_chain_file(settings.certificate_file);
        tls.use_private_key_file(settings.key_file, asio::ssl::context::pem);
    }
    const auto endpoint = EndpointOf(settings.address);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address{true});
    acceptor.bind(endpoint);
    acceptor.listen();
}

asio::awaitable<void> Server::State::Accept()
{
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        auto stream =
            with_tls ? MakeTlsStream(std::move(socket), tls) : MakePlainStream(std::move(socket));
        asio::co_spawn(acceptor.get_executor(), Serve(std::move(stream)), asio::detached);
    }
}

asio::awaitable<void> Server::State::Serve(std::unique_ptr<Stream> stream)
{
    try {
        std::string ahead;
        co_await stream->Open();
        for (bool stays = true; stays;) {
            auto parsed = co_await Read(*stream, ahead);
            if (!parsed) break;
            stays = parsed->keep_alive();
            const auto response = co_await handler(RequestOf(std::move(*parsed)));
            if (!response) co_return stream->Cut();
            co_await stream->Write(BytesOf(*response, stays));
        }
        co_await stream->Close();
    } catch (const boost::system::system_error&) {
        // The client went away: nothing is owed to it.
    }
}

asio::awaitable<std::optional<Parser::value_type>> Server::State::Read(Stream& stream,
                                                                       std::string& ahead)
{
    const auto waiting = std::make_shared<Stream*>(&stream);  // Until this returns.
    asio::steady_timer idle{acceptor.get_executor(), settings.idle};
    idle.async_wait([weak = std::weak_ptr{waiting}](const beast::error_code& stopped) {
        if (const auto late = weak.lock(); late && !stopped) (*late)->Cut();
    });
    Parser parser;
    parser.eager(true);
    parser.body_limit(settings.body_max);
    std::array<char, 16384> buffer;
    while (true) {
        beast::error_code error;
        ahead.erase(0, parser.put(asio::buffer(ahead), error));
        if (parser.is_done()) co_return parser.release();
        if (error && error != beast::http::error::need_more) co_return std::nullopt;
        const auto count = co_await stream.ReadSome(asio::buffer(buffer));
        if (count == 0) co_return std::nullopt;
        ahead.append(buffer.data(), count);
    }
}

Server::Server(std::unique_ptr<State> state) : state_{std::move(state)} {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Bind(asio::io_context& io, const ServerSettings& settings)
{
    auto state = std::make_unique<State>(io, settings);
    try {
        state->Listen();
    } catch (const std::exception& exception) {
        return Fail(ErrorCode::kUnavailable, "NOT_BOUND",
                    "Cannot listen on " + settings.address + ": " + exception.what() + ".");
    }
    return std::unique_ptr<Server>{new Server{std::move(state)}};
}

std::string Server::address() const
{
    return state_->acceptor.local_endpoint().address().to_string() + ":" + std::to_string(port());
}

int Server::port() const { return state_->acceptor.local_endpoint().port(); }

void Server::Start(Handler handler)
{
    state_->handler = std::move(handler);
    asio::co_spawn(state_->acceptor.get_executor(), state_->Accept(), asio::detached);
}

}  // namespace berth::http
