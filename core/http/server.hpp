#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "core/base/error.hpp"

namespace berth::http {

/// What a client asks.
struct Request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;

    /// Empty if it was not sent; `name` in lower case.
    std::string Header(const std::string& name) const;
};

/// What a request is answered with.
struct Response {
    int status = 200;
    std::string body{};  ///< JSON.
};

/// Answers a request, when it likes; without a response the connection is closed.
using Handler = std::function<boost::asio::awaitable<std::optional<Response>>(Request)>;

/// How a server listens.
struct ServerSettings {
    std::string address;                     ///< `address:port`; port 0 is a free one.
    std::string certificate_file{};          ///< PEM; empty: without TLS.
    std::string key_file{};                  ///< PEM.
    std::size_t body_max = 256 * 1024;       ///< In bytes; what is larger ends the connection.
    std::chrono::milliseconds idle{30'000};  ///< For a request to come in.
};

/// HTTP/1.1 for stand-ins and tests: small, not fast. Belongs to the thread that runs `io`, and
/// serves as long as that runs, which it outlives.
class Server {
public:
    /// Listens at once.
    /// Errors: kUnavailable `NOT_BOUND`.
    static Result<std::unique_ptr<Server>> Bind(boost::asio::io_context& io,
                                                const ServerSettings& settings);
    ~Server();

    /// Where it listens, `address:port`.
    std::string address() const;
    int port() const;
    void Start(Handler handler);

private:
    struct State;
    explicit Server(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace berth::http
