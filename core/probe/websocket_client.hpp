#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/probe/connection.hpp"

namespace berth::probe {

/// A blocking WebSocket of text messages. For one thread at a time. Errors of every call: those of
/// Connection; kUnavailable `BAD_WEBSOCKET` (closed, or not the protocol).
class WebSocketClient {
public:
    /// `path` is the target of the upgrade, which carries `headers`; messages over `message_limit`
    /// bytes are refused.
    static Result<std::unique_ptr<WebSocketClient>> Connect(
        const Endpoint& endpoint, const std::string& path,
        const std::map<std::string, std::string>& headers, Deadline deadline,
        std::size_t message_limit = 1 << 20);
    ~WebSocketClient();

    /// How many more bytes may come in, all messages together; 64 MiB at first.
    void set_byte_limit(std::size_t limit);

    Result<void> Send(std::string_view text, Deadline deadline);
    /// The next message.
    Result<std::string> Receive(Deadline deadline);

    /// What the server's certificate said; nothing without TLS.
    const std::optional<Certificate>& certificate() const;

private:
    struct State;
    explicit WebSocketClient(std::unique_ptr<State> state);

    const std::unique_ptr<State> state_;
};

}  // namespace berth::probe
