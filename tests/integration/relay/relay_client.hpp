#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "core/nostr/event.hpp"

namespace berth::relay::test {

/// One WebSocket to a relay on the loopback, as a blocking Nostr client. Every wait ends after
/// twenty seconds with std::runtime_error.
class RelayClient {
public:
    struct Options {
        bool compressed = false;      ///< Offers permessage-deflate.
        bool gathers_writes = false;  ///< Leaves Nagle's algorithm on, as many clients do.
    };

    explicit RelayClient(unsigned short port) : RelayClient{port, Options{}} {}
    RelayClient(unsigned short port, Options options);
    ~RelayClient();

    /// The challenge that the relay greeted with.
    const std::string& challenge() const { return challenge_; }

    void Send(std::string_view text);
    /// The next message, whatever it is.
    boost::json::array Receive();
    /// The next message that starts with `verb`; others are skipped.
    boost::json::array ReceiveOnly(std::string_view verb);

    /// Sends an EVENT and waits for its OK: `true`, or `false:` with the text.
    std::string Publish(const nostr::Event& event);
    /// Authenticates by NIP-42 to the address the relay believes to have; the OK as of Publish.
    std::string Authenticate(const nostr::SecretKey& key, const std::string& relay_url);
    /// Ids of the stored events for filters (JSON, comma-separated), closing the subscription.
    std::vector<std::string> Query(const std::string& filters);

    /// How the relay ended the connection, once it does: the close code, 0 for none.
    unsigned ReceiveClose();

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
    std::string challenge_;
};

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
};

/// One HTTP request to the loopback.
HttpAnswer Fetch(unsigned short port, const std::string& target,
                 const std::map<std::string, std::string>& headers = {},
                 const std::string& method = "GET", const std::string& body = "");

}  // namespace berth::relay::test
