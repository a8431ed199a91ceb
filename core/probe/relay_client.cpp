#include "core/probe/relay_client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json/serialize.hpp>

#include "core/nostr/relay_auth.hpp"
#include "core/probe/blocking_stream.hpp"

namespace berth::probe {
namespace {

namespace json = boost::json;
namespace websocket = boost::beast::websocket;

constexpr std::size_t kEventsMax = 5000;

Error BadMessage(std::string message)
{
    return Fail(ErrorCode::kUnavailable, "BAD_RELAY_MESSAGE", std::move(message));
}

/// The string at `index` of a message, or empty.
std::string_view TextAt(const json::array& message, std::size_t index)
{
    if (index >= message.size() || !message[index].is_string()) return {};
    return message[index].get_string();
}

}  // namespace

struct RelayClient::State {
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
    std::optional<std::string> challenge;
};

RelayClient::RelayClient(std::unique_ptr<State> state) : state_{std::move(state)} {}
RelayClient::~RelayClient() = default;

Result<std::unique_ptr<RelayClient>> RelayClient::Connect(const Endpoint& endpoint,
                                                          const std::string& path,
                                                          Deadline deadline,
                                                          std::size_t message_limit)
{
    auto connection = Connection::Open(endpoint, deadline);
    if (!connection) return connection.error();
    auto state = std::make_unique<State>(std::move(*connection));
    state->stream.read_message_max(message_limit);
    const bool usual = endpoint.port == (endpoint.tls ? 443 : 80);
    const auto host = usual ? endpoint.host : endpoint.host + ":" + std::to_string(endpoint.port);
    boost::beast::error_code code;
    state->stream.handshake(host, path, code);
    if (code) return state->Failed(code);
    return std::unique_ptr<RelayClient>{new RelayClient{std::move(state)}};
}

void RelayClient::set_byte_limit(std::size_t limit) { state_->connection->set_byte_limit(limit); }

Result<void> RelayClient::Send(std::string_view text, Deadline deadline)
{
    state_->connection->set_deadline(deadline);
    boost::beast::error_code code;
    state_->stream.write(boost::asio::buffer(text.data(), text.size()), code);
    if (code) return state_->Failed(code);
    return {};
}

Result<json::array> RelayClient::Receive(Deadline deadline)
{
    state_->connection->set_deadline(deadline);
    boost::beast::flat_buffer buffer;
    boost::beast::error_code code;
    state_->stream.read(buffer, code);
    if (code) return state_->Failed(code);
    const auto bytes = buffer.cdata();
    const auto value = ParseJsonStrict({static_cast<const char*>(bytes.data()), bytes.size()},
                                       {.bytes = 16 << 20, .integers_only = true});
    if (!value) return BadMessage("The relay sent no JSON: " + value.error().message);
    const auto* message = value->if_array();
    if (!message || TextAt(*message, 0).empty()) return BadMessage("The relay sent no message.");
    if (TextAt(*message, 0) == "AUTH") state_->challenge = std::string{TextAt(*message, 1)};
    return *message;
}

Result<Acknowledgement> RelayClient::AwaitOk(const std::string& id, Deadline deadline)
{
    while (true) {
        const auto message = Receive(deadline);
        if (!message) return message.error();
        if (TextAt(*message, 0) != "OK" || TextAt(*message, 1) != id) continue;
        if (message->size() < 3 || !message->at(2).is_bool()) return BadMessage("A bad OK.");
        return Acknowledgement{.accepted = message->at(2).get_bool(),
                               .message = std::string{TextAt(*message, 3)}};
    }
}

Result<Acknowledgement> RelayClient::Publish(const nostr::Event& event, Deadline deadline)
{
    if (const auto sent = Send("[\"EVENT\"," + nostr::ToJson(event) + "]", deadline); !sent) {
        return sent.error();
    }
    return AwaitOk(event.id, deadline);
}

Result<std::vector<nostr::Event>> RelayClient::Subscribe(const std::string& subscription,
                                                         std::string_view filter, Deadline deadline)
{
    const auto name = json::serialize(json::string{subscription});
    const auto request = "[\"REQ\"," + name + "," + std::string{filter} + "]";
    if (const auto sent = Send(request, deadline); !sent) return sent.error();
    std::vector<nostr::Event> events;
    while (events.size() <= kEventsMax) {
        const auto message = Receive(deadline);
        if (!message) return message.error();
        if (TextAt(*message, 1) != subscription) continue;
        const auto word = TextAt(*message, 0);
        if (word == "EOSE") return events;
        if (word == "CLOSED") {
            return Fail(ErrorCode::kPrecondition, "SUBSCRIPTION_CLOSED",
                        std::string{TextAt(*message, 2)});
        }
        if (word != "EVENT" || message->size() != 3) continue;
        auto event = nostr::ParseEvent(message->at(2), nostr::EventSyntax::kNip01);
        if (!event) return BadMessage("The relay sent a bad event: " + event.error().message);
        events.push_back(std::move(*event));
    }
    return BadMessage("The relay sent too many events.");
}

Result<void> RelayClient::Unsubscribe(const std::string& subscription, Deadline deadline)
{
    return Send("[\"CLOSE\"," + json::serialize(json::string{subscription}) + "]", deadline);
}

Result<Acknowledgement> RelayClient::Authenticate(std::string_view relay_url,
                                                  const nostr::SecretKey& key, Time now,
                                                  Deadline deadline)
{
    while (!state_->challenge) {
        if (const auto message = Receive(deadline); !message) return message.error();
    }
    const auto event = nostr::MakeRelayAuth(relay_url, *state_->challenge, key, now);
    if (const auto sent = Send("[\"AUTH\"," + nostr::ToJson(event) + "]", deadline); !sent) {
        return sent.error();
    }
    return AwaitOk(event.id, deadline);
}

const std::optional<std::string>& RelayClient::challenge() const { return state_->challenge; }

const std::optional<Certificate>& RelayClient::certificate() const
{
    return state_->connection->certificate();
}

}  // namespace berth::probe
