#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "relay-image/http/routes.hpp"
#include "relay-image/transport/socket.hpp"
#include "relay-image/transport/throttle.hpp"
#include "relay-image/transport/transport_settings.hpp"
#include "relay-image/transport/upgrade.hpp"

namespace berth::relay {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// Who sent a request, and how.
struct Visitor {
    Throttle::Address address;  ///< Of the client itself, not of a trusted proxy.
    bool secure = false;        ///< Over TLS, here or at a trusted proxy.
};

/// A client that opened a WebSocket; the answer is still to be sent.
struct OpenedSocket {
    std::optional<Socket> socket{};
    Visitor visitor;
    Throttle::Connection connection{};
    std::shared_ptr<void> place{};  ///< Among max_connections; held as long as the socket lives.
    HttpRequest request;
    UpgradeAnswer answer{};
    std::string early;  ///< Bytes that came behind the request.
};

/// What a request is answered with.
struct SiteAnswer {
    HttpResponse response;
    BodySource rest{};  ///< Brings the body in place of the response's own.
};

/// What the ports lead to. Called on the I/O thread.
class Site {
public:
    virtual ~Site() = default;
    virtual boost::asio::awaitable<SiteAnswer> Respond(HttpRequest request, Visitor visitor) = 0;
    /// Why a client may not open a WebSocket; empty if he may.
    virtual std::string WhyNotOpen(const Visitor& visitor) const = 0;
    virtual void Open(OpenedSocket opened) = 0;
};

/// The relay's ports: takes connections, learns who is behind a trusted proxy, speaks TLS where it
/// has to, reads requests within their limits, and opens WebSockets on `/`. Used on the I/O thread
/// only.
class Ports {
public:
    using Acceptor = boost::asio::ip::tcp::acceptor;

    /// All outlive it; `settings` may change on the I/O thread.
    Ports(boost::asio::io_context& io, const TransportSettings& settings, const Tls& tls,
          Throttle& throttle, Site& site);

    /// Adds a listening socket, over TLS or plain.
    void Serve(Acceptor acceptor, bool over_tls);
    /// Takes connections from now on. Idempotent.
    void Open();
    /// Takes no new connections; those being served go on.
    void StopListening();

    /// Of the listening sockets.
    std::vector<int> handles() const;
    /// Open ones, WebSockets included.
    std::size_t connections() const { return *places_; }

private:
    struct Guest;
    struct Door {
        std::shared_ptr<Acceptor> acceptor;
        bool over_tls = false;
    };

    boost::asio::awaitable<void> AcceptAll(std::shared_ptr<Acceptor> acceptor, bool over_tls);
    boost::asio::awaitable<void> Welcome(std::shared_ptr<Guest> guest, bool over_tls);
    boost::asio::awaitable<bool> ReadProxy(Guest& guest);
    boost::asio::awaitable<void> ServeRequests(std::shared_ptr<Guest> guest);
    boost::asio::awaitable<bool> SendPieces(std::shared_ptr<Guest> guest, SiteAnswer& answer);
    void GiveTime(const std::shared_ptr<Guest>& guest);
    Visitor VisitorOf(const Guest& guest, const HttpRequest& request) const;
    /// Hands the socket to the site, or says why not.
    std::optional<HttpResponse> OpenWebSocket(Guest& guest, OpenedSocket& opened);

    boost::asio::io_context& io_;
    const TransportSettings& settings_;
    const Tls& tls_;
    Throttle& throttle_;
    Site& site_;
    std::shared_ptr<std::size_t> places_ = std::make_shared<std::size_t>(0);  ///< That are taken.
    std::vector<Door> doors_;
    bool open_ = false;
};

}  // namespace berth::relay
