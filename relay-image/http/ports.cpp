#include "relay-image/http/ports.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "relay-image/transport/proxy_header.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr std::size_t kMaxHeaderBytes = 8192;
constexpr std::size_t kMaxBodyBytes = 65536;
constexpr std::size_t kSliceBytes = 65536;  ///< Of a long body; each has its time.
constexpr auto kProxyPause = 10ms;  ///< Between looks at a PROXY header that comes in pieces.

std::string_view ViewOf(beast::string_view text) { return {text.data(), text.size()}; }

/// All values of a header that may come several times, as one list.
std::string Joined(const HttpRequest& request, std::string_view name)
{
    std::string list;
    const auto [first, last] = request.equal_range({name.data(), name.size()});
    for (auto field = first; field != last; ++field) {
        if (!list.empty()) list += ", ";
        list += ViewOf(field->value());
    }
    return list;
}

bool IsUpgrade(const HttpRequest& request)
{
    const auto target = ViewOf(request.target());
    return target.substr(0, target.find('?')) == "/" &&
           AsksForWebSocket({.connection = ViewOf(request[http::field::connection]),
                             .upgrade = ViewOf(request[http::field::upgrade])});
}

HttpResponse Refusal(unsigned status, std::string_view text, const HttpRequest& request)
{
    HttpResponse response{static_cast<http::status>(status), request.version()};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    if (status == 426) response.set(http::field::sec_websocket_version, "13");
    if (status == 429) response.set(http::field::retry_after, "60");
    response.keep_alive(false);
    response.body() = std::string{text} + "\n";
    response.prepare_payload();
    return response;
}

}  // namespace

/// One connection until it becomes a WebSocket.
struct Ports::Guest {
    Guest(Socket::Tcp tcp, std::shared_ptr<void> its_place)
        : deadline{tcp.get_executor()}, socket{std::move(tcp)}, place{std::move(its_place)}
    {
    }

    asio::steady_timer deadline;
    Socket socket;
    std::shared_ptr<void> place;
    Throttle::Address address;        ///< Of the peer, or of whom its PROXY header names.
    bool trusted = false;             ///< The address is a trusted proxy's.
    Throttle::Connection connection;  ///< Counted at once, unless the address is a proxy's.
};

Ports::Ports(asio::io_context& io, const TransportSettings& settings, const Tls& tls,
             Throttle& throttle, Site& site)
    : io_{io}, settings_{settings}, tls_{tls}, throttle_{throttle}, site_{site}
{
}

void Ports::Serve(Acceptor acceptor, bool over_tls)
{
    doors_.push_back({std::make_shared<Acceptor>(std::move(acceptor)), over_tls});
}

void Ports::Open()
{
    if (std::exchange(open_, true)) return;
    for (const auto& [acceptor, over_tls] : doors_) {
        asio::co_spawn(io_, AcceptAll(acceptor, over_tls), asio::detached);
    }
}

void Ports::StopListening()
{
    boost::system::error_code ignored;
    for (const auto& door : doors_) door.acceptor->close(ignored);
}

std::vector<int> Ports::handles() const
{
    std::vector<int> handles;
    for (const auto& door : doors_) handles.push_back(door.acceptor->native_handle());
    return handles;
}

asio::awaitable<void> Ports::AcceptAll(std::shared_ptr<Acceptor> acceptor, bool over_tls)
{
    while (acceptor->is_open()) {
        boost::system::error_code error;
        auto tcp =
            co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (error) {  // Out of descriptors: the connections that end will free some.
            asio::steady_timer pause{io_, 100ms};
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        } else if (*places_ < settings_.max_connections) {
            ++*places_;
            std::shared_ptr<void> place{nullptr, [taken = places_](void*) { --*taken; }};
            auto guest = std::make_shared<Guest>(std::move(tcp), std::move(place));
            asio::co_spawn(io_, Welcome(std::move(guest), over_tls), asio::detached);
        }
    }
}

asio::awaitable<void> Ports::Welcome(std::shared_ptr<Guest> guest, bool over_tls)
{
    try {
        guest->address = Unwrapped(guest->socket.tcp().remote_endpoint().address());
        GiveTime(guest);
        guest->trusted = settings_.trusted_proxies.Hold(guest->address);
        if (guest->trusted && !co_await ReadProxy(*guest)) co_return;
        if (!guest->trusted) {
            guest->connection = throttle_.Connect(guest->address);
            if (!guest->connection.held) co_return;
        }
        if (over_tls) {
            auto state = tls_.Accept(guest->socket.tcp().native_handle());
            if (!state) co_return;
            guest->socket.StartTls(std::move(state));
        }
        co_await ServeRequests(guest);
    } catch (const boost::system::system_error&) {  // The client went away, or was too slow.
    }
}

/// Ends the connection if the next request, or the answer to it, takes too long.
void Ports::GiveTime(const std::shared_ptr<Guest>& guest)
{
    guest->deadline.expires_after(settings_.request_timeout);
    guest->deadline.async_wait([weak = std::weak_ptr{guest}](boost::system::error_code error) {
        if (const auto late = error ? nullptr : weak.lock()) late->socket.Close();
    });
}

/// Reads what a trusted proxy says about its client; false if that cannot be understood.
asio::awaitable<bool> Ports::ReadProxy(Guest& guest)
{
    std::array<char, kMaxProxyHeader> bytes{};
    auto& tcp = guest.socket.tcp();
    co_await tcp.async_wait(Socket::Tcp::wait_read, asio::use_awaitable);
    while (true) {
        const auto seen = tcp.receive(asio::buffer(bytes), Socket::Tcp::message_peek);
        const auto header = ReadProxyHeader({bytes.data(), seen});
        if (header.state == ProxyHeader::State::kNone) co_return true;
        if (header.state == ProxyHeader::State::kBroken) co_return false;
        if (header.state == ProxyHeader::State::kComplete) {
            tcp.receive(asio::buffer(bytes, header.size));
            if (header.client) guest.address = Unwrapped(*header.client);
            guest.trusted = settings_.trusted_proxies.Hold(guest.address);
            co_return true;
        }
        asio::steady_timer pause{io_, kProxyPause};
        co_await pause.async_wait(asio::use_awaitable);
    }
}

Visitor Ports::VisitorOf(const Guest& guest, const HttpRequest& request) const
{
    Visitor visitor{.address = guest.address, .secure = guest.socket.is_tls()};
    if (!guest.trusted) return visitor;
    visitor.address = ForwardedClient(guest.address, Joined(request, "X-Forwarded-For"),
                                      settings_.trusted_proxies);
    if (ViewOf(request["X-Forwarded-Proto"]) == "https") visitor.secure = true;
    return visitor;
}

std::optional<HttpResponse> Ports::OpenWebSocket(Guest& guest, OpenedSocket& opened)
{
    const auto& request = opened.request;
    const auto extensions = Joined(request, "Sec-WebSocket-Extensions");
    opened.answer = AnswerUpgrade({.is_get = request.method() == http::verb::get,
                                   .http_version = request.version(),
                                   .version = ViewOf(request[http::field::sec_websocket_version]),
                                   .key = ViewOf(request[http::field::sec_websocket_key]),
                                   .extensions = extensions},
                                  settings_.compression);
    if (opened.answer.status != 101) {
        return Refusal(opened.answer.status, opened.answer.text, request);
    }
    if (const auto why = site_.WhyNotOpen(opened.visitor); !why.empty()) {
        return Refusal(403, why, request);
    }
    opened.connection =
        guest.trusted ? throttle_.Connect(opened.visitor.address) : guest.connection;
    if (!opened.connection.held || opened.connection.excess) {
        return Refusal(429, "rate-limited: too many connections from one address", request);
    }
    opened.place = guest.place;
    opened.socket = std::move(guest.socket);
    site_.Open(std::move(opened));
    return std::nullopt;
}

/// Sends a body as it comes; false if it was cut off, which the client learns from its missing end.
asio::awaitable<bool> Ports::SendPieces(std::shared_ptr<Guest> guest, SiteAnswer& answer)
{
    auto& socket = guest->socket;
    http::response_serializer<http::string_body> head{answer.response};
    co_await http::async_write_header(socket, head, asio::use_awaitable);
    while (true) {
        GiveTime(guest);
        const auto piece = co_await answer.rest();
        if (!piece) co_return false;
        if (piece->empty()) break;
        for (std::size_t at = 0; at < piece->size(); at += kSliceBytes) {
            GiveTime(guest);
            const auto slice = asio::buffer(asio::buffer(*piece) + at, kSliceBytes);
            if (answer.response.chunked()) {
                co_await asio::async_write(socket, http::make_chunk(slice), asio::use_awaitable);
            } else {
                co_await asio::async_write(socket, slice, asio::use_awaitable);
            }
        }
    }
    if (answer.response.chunked()) {
        co_await asio::async_write(socket, http::make_chunk_last(), asio::use_awaitable);
    }
    co_return true;
}

asio::awaitable<void> Ports::ServeRequests(std::shared_ptr<Guest> guest)
{
    beast::flat_buffer buffer{kMaxHeaderBytes + kMaxBodyBytes};
    bool again = true;
    while (again) {
        GiveTime(guest);
        http::request_parser<http::string_body> parser;
        parser.header_limit(kMaxHeaderBytes);
        parser.body_limit(kMaxBodyBytes);
        co_await http::async_read(guest->socket, buffer, parser, asio::use_awaitable);
        auto request = parser.release();
        const auto visitor = VisitorOf(*guest, request);
        SiteAnswer answer;
        if (IsUpgrade(request)) {
            OpenedSocket opened{.visitor = visitor,
                                .request = std::move(request),
                                .early = beast::buffers_to_string(buffer.data())};
            auto refusal = OpenWebSocket(*guest, opened);
            if (!refusal) co_return;
            answer.response = std::move(*refusal);
        } else {
            GiveTime(guest);
            answer = co_await site_.Respond(std::move(request), visitor);
        }
        again = answer.response.keep_alive();
        if (answer.rest) {
            if (!co_await SendPieces(guest, answer)) co_return;
        } else {
            co_await http::async_write(guest->socket, answer.response, asio::use_awaitable);
        }
    }
    guest->socket.ShutdownSend();
}

}  // namespace berth::relay
