#include "core/http/stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace berth::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// What both kinds of stream do alike.
template <typename Layer>
class StreamOf : public Stream {
public:
    template <typename... Arguments>
    explicit StreamOf(Arguments&&... arguments) : layer_{std::forward<Arguments>(arguments)...}
    {
    }

    asio::awaitable<std::size_t> ReadSome(asio::mutable_buffer into) override
    {
        boost::system::error_code error;
        const auto count =
            co_await layer_.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
        co_return error ? 0 : count;
    }
    asio::awaitable<void> Write(std::string_view bytes) override
    {
        co_await asio::async_write(layer_, asio::buffer(bytes), asio::use_awaitable);
    }
    void Cut() override
    {
        boost::system::error_code ignored;
        layer_.lowest_layer().close(ignored);
    }

protected:
    Layer& layer() { return layer_; }

private:
    Layer layer_;
};

class PlainStream final : public StreamOf<tcp::socket> {
public:
    using StreamOf::StreamOf;
    asio::awaitable<void> Open() override { co_return; }
    asio::awaitable<void> Close() override { co_return Cut(); }
};

class TlsStream final : public StreamOf<asio::ssl::stream<tcp::socket>> {
public:
    using StreamOf::StreamOf;
    asio::awaitable<void> Open() override
    {
        co_await layer().async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    }
    asio::awaitable<void> Close() override { co_await layer().async_shutdown(asio::use_awaitable); }
};

/// Else an answer waits for 40 ms behind the handshake's last bytes, which nobody answers.
void SendAtOnce(tcp::socket& socket)
{
    boost::system::error_code gone;
    socket.set_option(tcp::no_delay{true}, gone);
}

}  // namespace

std::unique_ptr<Stream> MakePlainStream(tcp::socket socket)
{
    SendAtOnce(socket);
    return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> MakeTlsStream(tcp::socket socket, asio::ssl::context& tls)
{
    SendAtOnce(socket);
    return std::make_unique<TlsStream>(std::move(socket), tls);
}

}  // namespace berth::http
