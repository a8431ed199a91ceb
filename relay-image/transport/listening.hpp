#pragma once

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "core/base/error.hpp"

namespace berth::relay {

/// Opens the addresses to listen on, or takes them over, already open, from whoever started this
/// process: systemd (LISTEN_FDS) or an older relay. Used on one thread.
class Listening {
public:
    using Acceptor = boost::asio::ip::tcp::acceptor;

    explicit Listening(boost::asio::io_context& io) : io_{io} {}
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    /// Closes the inherited sockets that nobody asked for.
    ~Listening();

    /// Takes the first `count` descriptors after the standard ones as listening sockets.
    /// Errors: kInvalid `NOT_A_LISTENING_SOCKET` (one of them is none of TCP).
    Result<void> Inherit(int count);

    /// Listens on `host:port`: on an inherited socket of that address, else a new one. Port 0 takes
    /// any inherited socket of the host, else a free port.
    /// Errors: kInvalid `BAD_ADDRESS`; kUnavailable `ADDRESS_NOT_AVAILABLE`.
    Result<Acceptor> Open(const std::string& address);
    /// Whether every inherited socket was asked for. Errors: kInvalid `SOCKET_NOT_CONFIGURED`: none
    /// of the addresses is the one of a socket, whose clients would wait for ever.
    Result<void> CheckAllTaken() const;

private:
    using Endpoint = boost::asio::ip::tcp::endpoint;
    struct Inherited {
        int handle = -1;
        Endpoint local;
    };
    Result<Acceptor> OpenNew(const Endpoint& endpoint, const std::string& address);

    boost::asio::io_context& io_;
    std::vector<Inherited> inherited_;
};

/// How many listening sockets systemd handed to this process (sd_listen_fds(3)); 0 for none.
/// Errors: kInvalid `BAD_LISTEN_FDS` (no number, or more than 64).
Result<int> SocketsFromSystemd();

/// The endpoint of `host:port` or `[v6]:port`. Errors: kInvalid `BAD_ADDRESS`.
Result<boost::asio::ip::tcp::endpoint> ParseEndpoint(const std::string& text);

/// `host:port` or `[v6]:port` of an endpoint.
std::string TextOf(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace berth::relay
