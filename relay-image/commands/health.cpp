#include <algorithm>
#include <ostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "core/base/file.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/transport/listening.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kLimit = 5s;

/// Where the relay of these settings can be asked from the same machine.
struct Target {
    tcp::endpoint endpoint;
    bool over_tls = false;
};

/// Port 0 is whatever the ready file says.
Result<std::string> TakenAddress(const config::Config& config, const std::string& address)
{
    if (!address.ends_with(":0") || config.Text("relay.ready_file").empty()) return address;
    const auto taken = ReadFile(config.Text("relay.ready_file"));
    if (!taken) return taken.error();
    return taken->substr(0, taken->find('\n'));
}

Result<Target> TargetOf(const config::Config& config)
{
    const auto plain = config.List("relay.address");
    const auto secure = config.List("relay.tls_address");
    if (plain.empty() && secure.empty()) {
        return Fail(ErrorCode::kInvalid, "BAD_ADDRESS", "The settings name no address.");
    }
    const auto address = TakenAddress(config, plain.empty() ? secure.front() : plain.front());
    if (!address) return address.error();
    auto endpoint = ParseEndpoint(*address);
    if (!endpoint) return endpoint.error();
    if (endpoint->address().is_unspecified()) {  // All of them, so loopback too.
        endpoint->address(endpoint->address().is_v6()
                              ? asio::ip::address{asio::ip::address_v6::loopback()}
                              : asio::ip::address{asio::ip::address_v4::loopback()});
    }
    return Target{.endpoint = *endpoint, .over_tls = plain.empty()};
}

template <typename Stream>
asio::awaitable<http::response<http::string_body>> Exchange(Stream& stream)
{
    http::request<http::empty_body> request{http::verb::get, "/health", 11};
    request.set(http::field::host, "localhost");
    request.set(http::field::connection, "close");
    co_await http::async_write(stream, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    co_await http::async_read(stream, buffer, response, asio::use_awaitable);
    co_return response;
}

/// The certificate is for the relay's name, not for this address: nothing secret is sent, and who
/// can listen here in its place could do as he likes anyhow.
asio::awaitable<http::response<http::string_body>> Ask(Target target)
{
    asio::ssl::context context{asio::ssl::context::tls_client};
    beast::ssl_stream<beast::tcp_stream> stream{co_await asio::this_coro::executor, context};
    auto& tcp = beast::get_lowest_layer(stream);
    tcp.expires_after(kLimit);
    co_await tcp.async_connect(target.endpoint, asio::use_awaitable);
    if (!target.over_tls) co_return co_await Exchange(tcp);
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    co_return co_await Exchange(stream);
}

Exit Health(const Invocation& invocation)
{
    const auto target = TargetOf(invocation.config);
    if (!target) return Explain(invocation, target.error());
    auto end = Exit::kFailed;
    asio::io_context io{1};
    asio::co_spawn(io, Ask(*target), [&](const std::exception_ptr& failure, const auto& response) {
        try {
            if (failure) std::rethrow_exception(failure);
            invocation.out << response.body();
            if (response.result() == http::status::ok) end = Exit::kDone;
        } catch (const std::exception& error) {
            invocation.err << "berth-relay: " << TextOf(target->endpoint) << ": " << error.what()
                           << '\n';
        }
    });
    io.run();
    return end;
}

}  // namespace

Subcommand HealthCommand()
{
    return {.name = "health",
            .arguments = "",
            .help = "Asks the relay of these settings whether it is well: for a container's check.",
            .options = {},
            .most_words = 0,
            .run = Health};
}

}  // namespace berth::relay
