#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The relay's public ports. On each: the WebSocket and the NIP-11 document on `/`, `/health` and
/// `/dashboard`. Used on the I/O thread only.
class Server {
public:
    using Request = Session::Request;

    Server(boost::asio::io_context& io, SessionContext& sessions, const EventWriter& writer,
           DashboardGuard guard, std::size_t max_connections);

    /// Listens on `host:port`; port 0 takes a free one. Returns the address taken.
    /// Errors: kInvalid `BAD_ADDRESS`; kUnavailable `ADDRESS_NOT_AVAILABLE`.
    Result<std::string> Listen(const std::string& address);
    /// Takes no new connections and tells so by /health.
    void StartDraining();

private:
    using Socket = boost::asio::ip::tcp::socket;
    using Acceptor = boost::asio::ip::tcp::acceptor;

    boost::asio::awaitable<void> AcceptAll(std::shared_ptr<Acceptor> acceptor);
    boost::asio::awaitable<void> Serve(Socket socket);
    boost::asio::awaitable<void> ServeRequests(Socket socket);
    boost::asio::awaitable<struct Answer> Respond(const Request& request, std::string address);
    boost::asio::awaitable<struct Answer> Dashboard(const Request& request, std::string address);
    boost::asio::awaitable<std::optional<StoreFigures>> Measure();

    boost::asio::io_context& io_;
    SessionContext& sessions_;
    const EventWriter& writer_;
    DashboardGuard guard_;
    const std::size_t max_connections_;
    std::size_t connections_ = 0;
    bool draining_ = false;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

}  // namespace berth::relay
