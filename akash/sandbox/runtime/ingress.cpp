#include "akash/sandbox/runtime/ingress.hpp"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "core/base/lower_case.hpp"
#include "core/http/stream.hpp"

namespace berth::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using berth::http::Stream;
using namespace std::chrono_literals;
using Parser = beast::http::request_parser<beast::http::empty_body>;
using Head = Parser::value_type;

constexpr auto kIdle = 60s;  // As Akash's ingress: a silent connection is closed.

/// Copies until one side ends.
asio::awaitable<void> Copy(Stream& from, Stream& to, asio::steady_timer& idle)
{
    std::array<char, 16384> buffer;
    try {
        while (const auto got = co_await from.ReadSome(asio::buffer(buffer))) {
            idle.expires_after(kIdle);
            co_await to.Write({buffer.data(), got});
        }
    } catch (const boost::system::system_error&) {
        // That is an end, too.
    }
}

asio::awaitable<void> WaitIdle(asio::steady_timer& idle)
{
    while (idle.expiry() > std::chrono::steady_clock::now()) {
        boost::system::error_code moved;
        co_await idle.async_wait(asio::redirect_error(asio::use_awaitable, moved));
    }
}

std::string HostOf(const Head& request)
{
    const std::string host{request[beast::http::field::host]};
    return LowerCase(host.substr(0, host.find(':')));
}

asio::awaitable<void> Refuse(Stream& client, const std::string& status, const std::string& text)
{
    co_await client.Write("HTTP/1.1 " + status +
                          "\r\nContent-Type: text/plain\r\nContent-Length: " +
                          std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" + text);
}

std::string BytesOf(const Head& head)
{
    std::string bytes =
        std::string{head.method_string()} + ' ' + std::string{head.target()} + " HTTP/1.1\r\n";
    for (const auto& field : head) {
        bytes += std::string{field.name_string()} + ": " + std::string{field.value()} + "\r\n";
    }
    return bytes + "\r\n";
}

/// Reads a request's head; what came behind it is in `rest`.
asio::awaitable<Head> ReadHead(Stream& client, std::string& rest)
{
    Parser parser;
    parser.skip(true);  // The body goes through as it comes.
    std::array<char, 16384> buffer;
    while (!parser.is_header_done()) {
        const auto count = co_await client.ReadSome(asio::buffer(buffer));
        if (count == 0) throw std::runtime_error{"the client ended"};
        rest.append(buffer.data(), count);
        beast::error_code error;
        rest.erase(0, parser.put(asio::buffer(rest), error));
        if (error && error != beast::http::error::need_more) throw beast::system_error{error};
    }
    co_return parser.release();
}

/// Sends the head, with what an ingress adds, and then everything as it comes.
asio::awaitable<void> Pass(Stream& client, const std::string& peer, int port, Head head,
                           const std::string& rest)
{
    using namespace asio::experimental::awaitable_operators;
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket{executor};
    co_await socket.async_connect(
        {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, asio::use_awaitable);
    const auto upstream = http::MakePlainStream(std::move(socket));
    const std::string before{head["X-Forwarded-For"]};
    head.set("X-Forwarded-For", before.empty() ? peer : before + ", " + peer);
    head.set("X-Forwarded-Proto", "https");
    if (head[beast::http::field::upgrade].empty()) {
        head.set(beast::http::field::connection, "close");
    }
    co_await upstream->Write(BytesOf(head) + rest);
    asio::steady_timer idle{executor, kIdle};
    co_await (Copy(client, *upstream, idle) || Copy(*upstream, client, idle) || WaitIdle(idle));
}

asio::awaitable<void> Serve(const Workloads& workloads, std::unique_ptr<Stream> client,
                            std::string peer)
{
    try {
        co_await client->Open();
        std::string rest;
        auto head = co_await ReadHead(*client, rest);
        const auto port = workloads.PortOf(HostOf(head));
        if (port == 0) {
            co_await Refuse(*client, "404 Not Found", "no such host\n");
        } else if (port < 0) {
            co_await Refuse(*client, "503 Service Unavailable", "the service is not ready\n");
        } else {
            co_await Pass(*client, peer, port, std::move(head), rest);
        }
        co_await client->Close();
    } catch (const std::exception&) {
        // One side went away; so does the other.
    }
}

asio::awaitable<void> Accept(const Workloads& workloads, tcp::acceptor acceptor,
                             asio::ssl::context& context)
{
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        boost::system::error_code gone;
        const auto peer = socket.remote_endpoint(gone).address().to_string();
        asio::co_spawn(acceptor.get_executor(),
                       Serve(workloads, http::MakeTlsStream(std::move(socket), context), peer),
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
