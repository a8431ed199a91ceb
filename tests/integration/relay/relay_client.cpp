#include "tests/integration/relay/relay_client.hpp"

#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>

#include "core/base/clock.hpp"
#include "core/base/lower_case.hpp"
#include "core/nostr/relay_auth.hpp"

namespace berth::relay::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

tcp::endpoint Loopback(unsigned short port) { return {asio::ip::address_v4::loopback(), port}; }

std::string Text(const boost::json::value& value) { return std::string{value.as_string()}; }

std::string Outcome(const boost::json::array& ok)
{
    return ok.at(2).as_bool() ? "true" : "false:" + Text(ok.at(3));
}

}  // namespace

struct RelayClient::Connection {
    asio::io_context io;
    websocket::stream<beast::tcp_stream> socket{io};
    beast::flat_buffer buffer;

    /// Runs one asynchronous operation to its end or the deadline.
    template <typename Start>
    boost::system::error_code Await(Start start)
    {
        boost::system::error_code outcome = asio::error::timed_out;
        beast::get_lowest_layer(socket).expires_after(kPatience);
        start([&](boost::system::error_code error, std::size_t) { outcome = error; });
        io.restart();
        io.run();
        return outcome;
    }
};

RelayClient::RelayClient(unsigned short port, Options options)
    : connection_{std::make_unique<Connection>()}
{
    auto& socket = connection_->socket;
    socket.set_option(websocket::permessage_deflate{.client_enable = options.compressed});
    beast::get_lowest_layer(socket).connect(Loopback(port));
    beast::get_lowest_layer(socket).socket().set_option(tcp::no_delay{!options.gathers_writes});
    socket.read_message_max(64 << 20);
    socket.handshake("127.0.0.1:" + std::to_string(port), "/");
    challenge_ = Text(ReceiveOnly("AUTH").at(1));
}

RelayClient::~RelayClient() = default;

void RelayClient::Send(std::string_view text)
{
    const auto error = connection_->Await(
        [&](auto done) { connection_->socket.async_write(asio::buffer(text), std::move(done)); });
    if (error) throw std::runtime_error{"send: " + error.message()};
}

boost::json::array RelayClient::Receive()
{
    connection_->buffer.clear();
    const auto error = connection_->Await(
        [&](auto done) { connection_->socket.async_read(connection_->buffer, std::move(done)); });
    if (error) throw std::runtime_error{"receive: " + error.message()};
    return boost::json::parse(beast::buffers_to_string(connection_->buffer.data())).as_array();
}

boost::json::array RelayClient::ReceiveOnly(std::string_view verb)
{
    while (true) {
        auto message = Receive();
        if (Text(message.at(0)) == verb) return message;
    }
}

std::string RelayClient::Publish(const nostr::Event& event)
{
    Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
    while (true) {
        const auto ok = ReceiveOnly("OK");
        if (Text(ok.at(1)) == event.id) return Outcome(ok);
    }
}

std::string RelayClient::Authenticate(const nostr::SecretKey& key, const std::string& relay_url)
{
    const auto event = nostr::MakeRelayAuth(relay_url, challenge_, key, SystemClock{}.Now());
    Send("[\"AUTH\"," + nostr::ToJson(event) + "]");
    return Outcome(ReceiveOnly("OK"));
}

std::vector<std::string> RelayClient::Query(const std::string& filters)
{
    Send("[\"REQ\",\"query\"," + filters + "]");
    std::vector<std::string> ids;
    while (true) {
        const auto message = Receive();
        const auto verb = Text(message.at(0));
        if (verb == "EVENT") ids.push_back(Text(message.at(2).as_object().at("id")));
        if (verb == "CLOSED") throw std::runtime_error{Text(message.at(2))};
        if (verb == "EOSE") break;
    }
    Send("[\"CLOSE\",\"query\"]");
    return ids;
}

unsigned RelayClient::ReceiveClose()
{
    boost::system::error_code error;
    while (!error) {
        connection_->buffer.clear();
        error = connection_->Await([&](auto done) {
            connection_->socket.async_read(connection_->buffer, std::move(done));
        });
    }
    if (error == asio::error::timed_out || error == beast::error::timeout) {
        throw std::runtime_error{"The relay kept the connection."};
    }
    return connection_->socket.reason().code;
}

HttpAnswer Fetch(unsigned short port, const std::string& target,
                 const std::map<std::string, std::string>& headers, const std::string& method,
                 const std::string& body)
{
    asio::io_context io;
    tcp::socket socket{io};
    socket.connect(Loopback(port));
    http::request<http::string_body> request{http::string_to_verb(method), target, 11, body};
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::connection, "close");
    for (const auto& [name, value] : headers) request.set(name, value);
    if (!body.empty()) request.prepare_payload();
    http::write(socket, request);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(method == "HEAD");
    http::read(socket, buffer, parser);
    HttpAnswer answer{parser.get().result_int(), parser.get().body(), {}};
    for (const auto& field : parser.get()) {
        answer.headers[LowerCase(std::string{field.name_string()})] = std::string{field.value()};
    }
    return answer;
}

}  // namespace berth::relay::test
