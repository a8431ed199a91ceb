#include "core/probe/websocket_client.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "core/probe/blocking_stream.hpp"

namespace berth::probe {

namespace websocket = boost::beast::websocket;

struct WebSocketClient::State {
    explicit State(std::unique_ptr<Connection> opened)
        : connection{std::move(opened)}, stream{*connection, context}
    {
    }

    Error Failed(const boost::beast::error_code& code) const
    {
        if (stream.next_layer().error()) return *stream.next_layer().error();
        return Fail(ErrorCode::kUnavailable, "BAD_WEBSOCKET", code.message() + ".");
    }

    std::unique_ptr<Connection> connection;
    boost::asio::io_context context;
    websocket::stream<BlockingStream, false> stream;
};

WebSocketClient::WebSocketClient(std::unique_ptr<State> state) : state_{std::move(state)} {}
WebSocketClient::~WebSocketClient() = default;

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::Connect(
    const Endpoint& endpoint, const std::string& path,
    const std::map<std::string, std::string>& headers, Deadline deadline, std::size_t message_limit)
{
    auto connection = Connection::Open(endpoint, deadline);
    if (!connection) return connection.error();
    (*connection)->set_deadline(deadline);
    auto state = std::make_unique<State>(std::move(*connection));
    state->stream.read_message_max(message_limit);
    state->stream.set_option(
        websocket::stream_base::decorator([&headers](websocket::request_type& request) {
            for (const auto& [name, value] : headers) request.set(name, value);
        }));
    const bool usual = endpoint.port == (endpoint.tls ? 443 : 80);
    const auto host = usual ? endpoint.host : endpoint.host + ":" + std::to_string(endpoint.port);
    boost::beast::error_code code;
    state->stream.handshake(host, path, code);
    if (code) return state->Failed(code);
    return std::unique_ptr<WebSocketClient>{new WebSocketClient{std::move(state)}};
}

void WebSocketClient::set_byte_limit(std::size_t limit)
{
    state_->connection->set_byte_limit(limit);
}

Result<void> WebSocketClient::Send(std::string_view text, Deadline deadline)
{
    state_->connection->set_deadline(deadline);
    boost::beast::error_code code;
    state_->stream.write(boost::asio::buffer(text.data(), text.size()), code);
    if (code) return state_->Failed(code);
    return {};
}

Result<std::string> WebSocketClient::Receive(Deadline deadline)
{
    state_->connection->set_deadline(deadline);
    boost::beast::flat_buffer buffer;
    boost::beast::error_code code;
    state_->stream.read(buffer, code);
    if (code) return state_->Failed(code);
    return boost::beast::buffers_to_string(buffer.data());
}

const std::optional<Certificate>& WebSocketClient::certificate() const
{
    return state_->connection->certificate();
}

}  // namespace berth::probe
