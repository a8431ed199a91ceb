#include "relay-image/mirror/remote_relay.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "core/base/encoding.hpp"
#include "core/probe/http_client.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxMessageBytes = 16 << 20;
constexpr auto kSubscription = "berth";  // One at a time; NIP-77 names its own.

std::string_view TextAt(const json::array& message, std::size_t index)
{
    const auto* text = index < message.size() ? message[index].if_string() : nullptr;
    return text ? std::string_view{text->data(), text->size()} : std::string_view{};
}

Result<std::string> AddressOf(const std::string& host)
{
    boost::asio::io_context io;
    boost::system::error_code code;
    const auto found = boost::asio::ip::tcp::resolver{io}.resolve(host, "", code);
    if (code || found.empty()) {
        return Fail(ErrorCode::kUnavailable, "HOST_NOT_FOUND", host + " was not found.");
    }
    return found.begin()->endpoint().address().to_string();
}

/// Why a relay ended a reconciliation, or never began one.
Error SyncError(std::string_view text)
{
    const std::string why{text};
    if (text.starts_with("blocked:")) return Fail(ErrorCode::kExhausted, "SYNC_TOO_LARGE", why);
    return Fail(ErrorCode::kPrecondition, "SYNC_REFUSED", why);
}

}  // namespace

Result<std::unique_ptr<RemoteRelay>> RemoteRelay::Connect(const std::string& url, Deadline deadline)
{
    const auto parts = probe::ParseUrl(url);
    if (!parts) return parts.error();
    const auto address = AddressOf(parts->host);
    if (!address) return address.error();
    auto client = probe::RelayClient::Connect({.host = parts->host,
                                               .port = parts->port,
                                               .tls = parts->tls,
                                               .connect_address = *address,
                                               .ca_file = {}},
                                              parts->target, deadline, kMaxMessageBytes);
    if (!client) return client.error();
    return std::unique_ptr<RemoteRelay>{new RemoteRelay{std::move(*client)}};
}

Result<json::array> RemoteRelay::Receive(Deadline deadline)
{
    client_->set_byte_limit(2 * kMaxMessageBytes);
    return client_->Receive(deadline);
}

Result<void> RemoteRelay::FetchStored(const std::string& filter, const OnEvent& on_event,
                                      Deadline deadline)
{
    const auto sent =
        client_->Send(std::string{"[\"REQ\",\""} + kSubscription + "\"," + filter + "]", deadline);
    if (!sent) return sent.error();
    const auto read = Read(
        on_event, [deadline] { return deadline; }, true);
    if (!read) return read.error();
    return client_->Unsubscribe(kSubscription, deadline);
}

Result<void> RemoteRelay::Follow(const std::string& filter, const OnEvent& on_event,
                                 std::function<Deadline()> patience)
{
    const auto sent = client_->Send(
        std::string{"[\"REQ\",\""} + kSubscription + "\"," + filter + "]", patience());
    if (!sent) return sent.error();
    return Read(on_event, patience, false);
}

Result<void> RemoteRelay::Read(const OnEvent& on_event, const std::function<Deadline()>& patience,
                               bool until_eose)
{
    while (true) {
        const auto message = Receive(patience());
        if (!message) return message.error();
        if (TextAt(*message, 1) != kSubscription) continue;
        const auto verb = TextAt(*message, 0);
        if (verb == "EOSE" && until_eose) return {};
        if (verb == "CLOSED") {
            return Fail(ErrorCode::kPrecondition, "SUBSCRIPTION_CLOSED",
                        std::string{TextAt(*message, 2)});
        }
        if (verb != "EVENT" || message->size() != 3) continue;
        auto event = nostr::ParseEvent(message->at(2), nostr::EventSyntax::kNip01);
        if (event && !on_event(std::move(*event))) return {};
    }
}

Result<std::vector<RemoteRelay::Acknowledged>> RemoteRelay::Publish(
    const std::vector<EventText>& events, Deadline deadline)
{
    for (const auto& event : events) {
        const auto sent = client_->Send("[\"EVENT\"," + std::string{event} + "]", deadline);
        if (!sent) return sent.error();
    }
    std::vector<Acknowledged> answers;
    while (answers.size() < events.size()) {
        const auto message = Receive(deadline);
        if (!message) return message.error();
        if (TextAt(*message, 0) != "OK" || message->size() < 3) continue;
        const auto* accepted = message->at(2).if_bool();
        answers.push_back({.id = std::string{TextAt(*message, 1)},
                           .accepted = accepted && *accepted,
                           .text = std::string{TextAt(*message, 3)}});
    }
    return answers;
}

Result<std::string> RemoteRelay::OpenSync(const std::string& filter, const std::string& message,
                                          Deadline deadline)
{
    const auto sent = client_->Send(std::string{"[\"NEG-OPEN\",\""} + kSubscription + "\"," +
                                        filter + ",\"" + ToHex(message) + "\"]",
                                    deadline);
    if (!sent) return sent.error();
    return AwaitSync(deadline);
}

Result<std::string> RemoteRelay::ContinueSync(const std::string& message, Deadline deadline)
{
    const auto sent = client_->Send(
        std::string{"[\"NEG-MSG\",\""} + kSubscription + "\",\"" + ToHex(message) + "\"]",
        deadline);
    if (!sent) return sent.error();
    return AwaitSync(deadline);
}

Result<void> RemoteRelay::CloseSync(Deadline deadline)
{
    return client_->Send(std::string{"[\"NEG-CLOSE\",\""} + kSubscription + "\"]", deadline);
}

Result<std::string> RemoteRelay::AwaitSync(Deadline deadline)
{
    while (true) {
        const auto message = Receive(deadline);
        if (!message) return message.error();
        const auto verb = TextAt(*message, 0);
        if (verb == "NOTICE") {  // All that a relay without NIP-77 has to say.
            return Fail(ErrorCode::kPrecondition, "SYNC_UNSUPPORTED",
                        std::string{TextAt(*message, 1)});
        }
        if (TextAt(*message, 1) != kSubscription) continue;
        if (verb == "NEG-ERR") return SyncError(TextAt(*message, 2));
        if (verb != "NEG-MSG") continue;
        auto bytes = FromHex(TextAt(*message, 2));
        if (bytes) return std::move(*bytes);
        return Fail(ErrorCode::kUnavailable, "BAD_RELAY_MESSAGE", "A NEG-MSG is no hex.");
    }
}

}  // namespace berth::relay
