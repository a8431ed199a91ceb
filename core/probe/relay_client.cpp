#include "core/probe/relay_client.hpp"

#include <boost/json/serialize.hpp>

#include "core/base/strict_json.hpp"
#include "core/nostr/relay_auth.hpp"

namespace berth::probe {
namespace {

namespace json = boost::json;

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

Result<std::unique_ptr<RelayClient>> RelayClient::Connect(const Endpoint& endpoint,
                                                          const std::string& path,
                                                          Deadline deadline,
                                                          std::size_t message_limit)
{
    auto socket = WebSocketClient::Connect(endpoint, path, {}, deadline, message_limit);
    if (!socket) return socket.error();
    return std::unique_ptr<RelayClient>{new RelayClient{std::move(*socket)}};
}

Result<json::array> RelayClient::Receive(Deadline deadline)
{
    const auto text = socket_->Receive(deadline);
    if (!text) return text.error();
    const auto value = ParseJsonStrict(*text, {.bytes = 16 << 20, .integers_only = true});
    if (!value) return BadMessage("The relay sent no JSON: " + value.error().message);
    const auto* message = value->if_array();
    if (!message || TextAt(*message, 0).empty()) return BadMessage("The relay sent no message.");
    if (TextAt(*message, 0) == "AUTH") challenge_ = std::string{TextAt(*message, 1)};
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
    while (!challenge_) {
        if (const auto message = Receive(deadline); !message) return message.error();
    }
    const auto event = nostr::MakeRelayAuth(relay_url, *challenge_, key, now);
    if (const auto sent = Send("[\"AUTH\"," + nostr::ToJson(event) + "]", deadline); !sent) {
        return sent.error();
    }
    return AwaitOk(event.id, deadline);
}

}  // namespace berth::probe
