#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace berth::http {

/// One client's connection, plain or TLS. Whatever fails throws boost::system::system_error.
class Stream {
public:
    virtual ~Stream() = default;

    virtual boost::asio::awaitable<void> Open() = 0;
    /// Waits for at least one byte; 0 at the end.
    virtual boost::asio::awaitable<std::size_t> ReadSome(boost::asio::mutable_buffer into) = 0;
    virtual boost::asio::awaitable<void> Write(std::string_view bytes) = 0;
    virtual boost::asio::awaitable<void> Close() = 0;
    /// Ends at once whatever is waited for.
    virtual void Cut() = 0;
};

/// Streams of connections that were just accepted; `tls` outlives its own.
std::unique_ptr<Stream> MakePlainStream(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Stream> MakeTlsStream(boost::asio::ip::tcp::socket socket,
                                      boost::asio::ssl::context& tls);

}  // namespace berth::http
