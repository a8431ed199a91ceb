#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The relay's public ports. On each: the WebSocket on `/`, and whatever the routes answer. Used on
/// the I/O thread only.
class Server {
public:
    /// `sessions` and `routes` outlive it.
    Server(boost::asio::io_context& io, SessionContext& sessions, const Routes& routes,
           std::size_t max_connections);

    /// Listens on `host:port`; port 0 takes a free one. Returns the address taken.
    /// Errors: kInvalid `BAD_ADDRESS`; kUnavailable `ADDRESS_NOT_AVAILABLE`.
    Result<std::string> Listen(const std::string& address);
    /// Takes no new connections.
    void StartDraining();
    bool draining() const { return draining_; }

private:
    using Socket = boost::asio::ip::tcp::socket;
    using Acceptor = boost::asio::ip::tcp::acceptor;

    boost::asio::awaitable<void> AcceptAll(std::shared_ptr<Acceptor> acceptor);
    boost::asio::awaitable<void> Serve(Socket socket);
    boost::asio::awaitable<void> ServeRequests(Socket socket);

    boost::asio::io_context& io_;
    SessionContext& sessions_;
    const Routes& routes_;
    const std::size_t max_connections_;
    std::size_t connections_ = 0;
    bool draining_ = false;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

}  // namespace berth::relay
