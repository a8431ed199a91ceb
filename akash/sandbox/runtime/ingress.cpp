#include "akash/sandbox/runtime/ingress.hpp"

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace berth::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr auto kIdle = 60s;  // As Akash's ingress: a silent connection is closed.

/// Copies until one side ends.
template <typename From, typename To>
asio::awaitable<void> Copy(From& from, To& to, asio::steady_timer& idle)
{
    std::array<char, 16384> buffer;
    boost::system::error_code ended;
    while (!ended) {
        const auto got = co_await from.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ended));
        if (got == 0) continue;
        idle.expires_after(kIdle);
        co_await asio::async_write(to, asio::buffer(buffer.data(), got),
                                   asio::redirect_error(asio::use_awaitable, ended));
    }
}

asio::awaitable<void> WaitIdle(asio::steady_timer& idle)
{
    while (idle.expiry() > std::chrono::steady_clock::now()) {
        boost::system::error_code moved;
        co_await idle.async_wait(asio::redirect_error(asio::use_awaitable, moved));
    }
}

std::string HostOf(const http::request<http::empty_body>& request)
{
    std::string host{request[http::field::host]};
    host = host.substr(0, host.find(':'));
    for (auto& c : host) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return host;
}

asio::awaitable<void> Refuse(TlsStream& client, http::status status, std::string text)
{
    http::response<http::string_body> response{status, 11};
    response.keep_alive(false);
    response.set(http::field::content_type, "text/plain");
    response.body() = std::move(text);
    response.prepare_payload();
    co_await http::async_write(client, response, asio::use_awaitable);
}

/// Sends the head, with what an ingress adds, and then everything as it comes.
asio::awaitable<void> Pass(TlsStream& client, int port, http::request<http::empty_body> head,
                           beast::flat_buffer& rest)
{
    using namespace asio::experimental::awaitable_operators;
    tcp::socket upstream{client.get_executor()};
    co_await upstream.async_connect(
        {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, asio::use_awaitable);
    const auto peer = client.next_layer().remote_endpoint().address().to_string();
    const std::string before{head["X-Forwarded-For"]};
    head.set("X-Forwarded-For", before.empty() ? peer : before + ", " + peer);
    head.set("X-Forwarded-Proto", "https");
    if (head[http::field::upgrade].empty()) head.set(http::field::connection, "close");
    http::request_serializer<http::empty_body> serializer{head};
    co_await http::async_write_header(upstream, serializer, asio::use_awaitable);
    co_await asio::async_write(upstream, rest.data(), asio::use_awaitable);
    asio::steady_timer idle{client.get_executor(), kIdle};
    co_await (Copy(client, upstream, idle) || Copy(upstream, client, idle) || WaitIdle(idle));
}

asio::awaitable<void> Serve(const Workloads& workloads, TlsStream client)
{
    try {
        co_await client.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
        beast::flat_buffer buffer;
        http::request_parser<http::empty_body> parser;
        parser.skip(true);  // The body goes through as it comes.
        co_await http::async_read_header(client, buffer, parser, asio::use_awaitable);
        const auto port = workloads.PortOf(HostOf(parser.get()));
        if (port == 0) {
            co_await Refuse(client, http::status::not_found, "no such host\n");
        } else if (port < 0) {
            co_await Refuse(client, http::status::service_unavailable,
                            "the service is not ready\n");
        } else {
            co_await Pass(client, port, parser.get(), buffer);
        }
    } catch (const std::exception&) {
        // One side went away; so does the other.
    }
    boost::system::error_code ignored;
    co_await client.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> Accept(const Workloads& workloads, tcp::acceptor acceptor,
                             asio::ssl::context& context)
{
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), Serve(workloads, {std::move(socket), context}),
                       asio::detached);
    }
}

}  // namespace

struct Ingress::Tls {
    asio::ssl::context context{asio::ssl::context::tls_server};
};

Ingress::Ingress(asio::io_context& io, const Workloads& workloads, const PemPair& certificate,
                 const std::string& host, int port)
    : tls_{std::make_unique<Tls>()}
{
    tls_->context.use_certificate_chain(asio::buffer(certificate.certificate));
    tls_->context.use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
    tcp::acceptor acceptor{io, {asio::ip::make_address(host), static_cast<std::uint16_t>(port)}};
    port_ = acceptor.local_endpoint().port();
    asio::co_spawn(io, Accept(workloads, std::move(acceptor), tls_->context), asio::detached);
}

Ingress::~Ingress() = default;

}  // namespace berth::sandbox
