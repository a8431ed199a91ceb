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

#include "relay-image/http/dashboard.hpp"
#include "relay-image/http/health.hpp"

namespace berth::relay {

struct Answer {
    boost::beast::http::status status = boost::beast::http::status::ok;
    std::string type = "text/plain; charset=utf-8";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
};

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using http::status;
using namespace std::chrono_literals;

constexpr auto kRequestTime = 15s;  ///< For one request to arrive, or its answer to leave.
constexpr auto kMeasureTime = 3s;
constexpr std::size_t kMaxHeaderBytes = 8192;
constexpr std::size_t kMaxBodyBytes = 4096;
constexpr std::string_view kInformationType = "application/nostr+json";

const std::vector<std::pair<std::string, std::string>> kCorsHeaders{
    {"Access-Control-Allow-Origin", "*"},
    {"Access-Control-Allow-Headers", "*"},
    {"Access-Control-Allow-Methods", "GET, OPTIONS"}};

std::string_view ViewOf(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view PathOf(const Server::Request& request)
{
    const auto target = ViewOf(request.target());
    return target.substr(0, target.find('?'));
}

bool AsksForInformation(const Server::Request& request)
{
    return ViewOf(request[http::field::accept]).find(kInformationType) != std::string_view::npos;
}

Answer Information(const SessionContext& context)
{
    return {.type = std::string{kInformationType},
            .body = InformationDocument(context.profile, context.limits),
            .headers = kCorsHeaders};
}

Answer Root(const Server::Request& request, const SessionContext& context)
{
    if (request.method() == http::verb::options) {
        return {.status = status::no_content, .headers = kCorsHeaders};
    }
    if (AsksForInformation(request)) return Information(context);
    return {.body = context.profile.name + " is a Nostr relay; open it with a Nostr client.\n"};
}

Answer NotFound() { return {.status = status::not_found, .body = "There is nothing here.\n"}; }

http::response<http::string_body> Rendered(Answer answer, const Server::Request& request)
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

Server::Server(asio::io_context& io, SessionContext& sessions, const EventWriter& writer,
               DashboardGuard guard, std::size_t max_connections)
    : io_{io},
      sessions_{sessions},
      writer_{writer},
      guard_{std::move(guard)},
      max_connections_{max_connections}
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
        if (beast::websocket::is_upgrade(request) && PathOf(request) == "/") {
            const auto session = std::make_shared<Session>(stream.release_socket(), sessions_);
            co_return co_await session->Run(std::move(request));
        }
        auto response = Rendered(co_await Respond(request, address), request);
        again = response.keep_alive();
        stream.expires_after(kRequestTime);
        co_await http::async_write(stream, response, asio::use_awaitable);
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<Answer> Server::Respond(const Request& request, std::string address)
{
    const auto path = PathOf(request);
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    if (path == "/" && (reads || request.method() == http::verb::options)) {
        co_return Root(request, sessions_);
    }
    if (!reads)
        co_return Answer{.status = status::method_not_allowed, .headers = {{"Allow", "GET"}}};
    if (path == "/health") {
        const Health health{.database_up = writer_.healthy(), .draining = draining_};
        co_return Answer{.status = health.sound() ? status::ok : status::service_unavailable,
                         .type = "application/json",
                         .body = HealthDocument(health, sessions_.clock.Now()),
                         .headers = {{"Cache-Control", "no-store"}}};
    }
    if (path == "/dashboard" || path == "/dashboard/style.css") {
        co_return co_await Dashboard(request, std::move(address));
    }
    co_return NotFound();
}

asio::awaitable<Answer> Server::Dashboard(const Request& request, std::string address)
{
    const auto authorization = ViewOf(request[http::field::authorization]);
    switch (guard_.Decide(authorization, address, DashboardGuard::Steady::now())) {
        case DashboardGuard::Decision::kThrottled:
            co_return Answer{.status = status::too_many_requests,
                             .body = "Too many failed attempts; try again in a minute.\n",
                             .headers = {{"Retry-After", "60"}}};
        case DashboardGuard::Decision::kRefused:
            co_return Answer{.status = status::unauthorized,
                             .body = "The dashboard asks for its password.\n",
                             .headers = {{"WWW-Authenticate", "Basic realm=\"relay dashboard\""}}};
        case DashboardGuard::Decision::kAllowed: break;
    }
    if (PathOf(request) != "/dashboard") {
        co_return Answer{.type = "text/css", .body = std::string{DashboardStyle()}};
    }
    const auto store = co_await Measure();
    const auto& figures = sessions_.figures;
    const auto now = Figures::Steady::now();
    co_return Answer{
        .type = "text/html; charset=utf-8",
        .body = DashboardPage(
            {.relay_name = sessions_.profile.name,
             .store = store,
             .connections = sessions_.sessions.count(),
             .subscriptions = sessions_.sessions.CountSubscriptions(),
             .events_per_second = figures.EventsPerSecond(now),
             .events_accepted = figures.events_accepted(),
             .events_refused = figures.refused,
             .delivered = figures.delivered,
             .dropped = figures.dropped,
             .uptime = std::chrono::floor<std::chrono::seconds>(figures.Uptime(now))}),
        .headers = {{"Cache-Control", "no-store"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Content-Security-Policy",
                     "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'"}}};
}

asio::awaitable<std::optional<StoreFigures>> Server::Measure()
{
    struct Waiting {
        explicit Waiting(asio::io_context& io) : timer{io, kMeasureTime} {}
        asio::steady_timer timer;
        std::optional<StoreFigures> figures;
    };
    const auto waiting = std::make_shared<Waiting>(io_);
    const bool posted = sessions_.readers.Post([waiting, &io = io_](EventStore& store) {
        const auto measured = store.Measure();
        asio::post(io, [waiting, measured] {
            if (measured) waiting->figures = *measured;
            waiting->timer.cancel();
        });
    });
    boost::system::error_code woken;
    if (posted)
        co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return waiting->figures;
}

}  // namespace berth::relay
