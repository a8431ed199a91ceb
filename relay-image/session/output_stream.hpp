#pragma once

#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include "relay-image/session/output.hpp"

namespace berth::relay {

/// The transport under Beast's WebSocket: reads from the socket, writes into the Output. So Beast's
/// own frames (handshake, pong, close) queue up with our data frames and never cut into one.
class OutputStream {
public:
    using next_layer_type = Output::Socket;
    using executor_type = Output::Socket::executor_type;

    explicit OutputStream(std::shared_ptr<Output> output) : output_{std::move(output)} {}

    executor_type get_executor() { return output_->socket().get_executor(); }
    next_layer_type& next_layer() { return output_->socket(); }
    const next_layer_type& next_layer() const { return output_->socket(); }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return output_->socket().async_read_some(buffers, std::forward<Token>(token));
    }

    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        using Signature = void(boost::system::error_code, std::size_t);
        const auto bytes = boost::beast::buffers_to_string(buffers);
        output_->Append(bytes);
        return boost::asio::async_initiate<Token, Signature>(
            [](auto handler, executor_type executor, std::size_t size) {
                boost::asio::post(
                    executor, boost::beast::bind_front_handler(std::move(handler),
                                                               boost::system::error_code{}, size));
            },
            token, get_executor(), bytes.size());
    }

private:
    std::shared_ptr<Output> output_;
};

/// Found by Beast when it ends a connection.
inline void teardown(boost::beast::role_type role, OutputStream& stream,
                     boost::system::error_code& error)
{
    boost::beast::websocket::teardown(role, stream.next_layer(), error);
}
template <typename Handler>
void async_teardown(boost::beast::role_type role, OutputStream& stream, Handler&& handler)
{
    boost::beast::websocket::async_teardown(role, stream.next_layer(),
                                            std::forward<Handler>(handler));
}

}  // namespace berth::relay
