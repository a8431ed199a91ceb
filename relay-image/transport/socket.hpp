#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "relay-image/transport/tls.hpp"

namespace berth::relay {

/// A client's connection, plain or TLS. Reads and writes are tried at once and waited for only if
/// they would block, so that an idle connection holds no buffer. Used on the I/O thread only.
/// Asynchronous calls need the socket to stay where it is until they are done.
class Socket {
public:
    using Tcp = boost::asio::ip::tcp::socket;
    using executor_type = Tcp::executor_type;
    using ErrorCode = boost::system::error_code;
    using Waited = std::function<void(ErrorCode)>;

    explicit Socket(Tcp tcp);

    /// Goes on as the server side of TLS.
    void StartTls(TlsState state) { tls_ = std::move(state); }
    bool is_tls() const { return tls_ != nullptr; }

    Tcp& tcp() { return tcp_; }
    executor_type get_executor() { return tcp_.get_executor(); }

    /// Reads what is there, up to `size` bytes: `would_block` if nothing is, `eof` at the end.
    std::size_t TryRead(char* bytes, std::size_t size, ErrorCode& error);
    /// Writes as much as goes: `would_block` if nothing does.
    std::size_t TryWrite(std::string_view bytes, ErrorCode& error);
    /// Waits until it is worth trying again.
    void WaitToRead(Waited waited);
    void WaitToWrite(Waited waited);

    /// Acknowledges what was read, which the kernel else puts off for 40 ms or until an answer.
    void AcknowledgeNow();
    /// Says over TLS that nothing more comes, then ends the sending side.
    void ShutdownSend();
    void Close();

    /// For Boost.Beast's HTTP.
    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        const auto into = FirstOf(buffers);
        return Attempt(
            [this, into](ErrorCode& error) {
                return TryRead(static_cast<char*>(into.data()), into.size(), error);
            },
            [this](Waited waited) { WaitToRead(std::move(waited)); }, std::forward<Token>(token));
    }
    /// For Boost.Beast's HTTP.
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        const auto from = FirstOf(buffers);
        return Attempt(
            [this, from](ErrorCode& error) {
                return TryWrite({static_cast<const char*>(from.data()), from.size()}, error);
            },
            [this](Waited waited) { WaitToWrite(std::move(waited)); }, std::forward<Token>(token));
    }

private:
    /// The first buffer that is not empty; a composed operation asks again for the others.
    template <typename Buffers>
    static auto FirstOf(const Buffers& buffers)
    {
        auto buffer = boost::asio::buffer_sequence_begin(buffers);
        const auto end = boost::asio::buffer_sequence_end(buffers);
        while (std::next(buffer) != end && (*buffer).size() == 0) ++buffer;
        return typename std::iterator_traits<decltype(buffer)>::value_type{*buffer};
    }

    template <typename Try, typename Wait, typename Token>
    auto Attempt(Try attempt, Wait wait, Token&& token)
    {
        auto step = [this, attempt, wait, begun = false](auto& self, ErrorCode error = {}) mutable {
            if (!std::exchange(begun, true)) {  // Never completes inside the call that began it.
                return boost::asio::post(get_executor(), std::move(self));
            }
            std::size_t count = 0;
            if (!error) count = attempt(error);
            if (error != boost::asio::error::would_block) return self.complete(error, count);
            const auto shared = std::make_shared<std::decay_t<decltype(self)>>(std::move(self));
            wait([shared](ErrorCode waited) { (*shared)(waited); });
        };
        return boost::asio::async_compose<Token, void(ErrorCode, std::size_t)>(std::move(step),
                                                                               token, tcp_);
    }

    enum class Wants { kRead, kWrite };
    std::size_t TlsOutcome(int outcome, Wants& wants, ErrorCode& error);
    void Wait(Wants wants, Waited waited);

    Tcp tcp_;
    TlsState tls_{nullptr, &SSL_free};
    Wants to_read_ = Wants::kRead;
    Wants to_write_ = Wants::kWrite;
};

}  // namespace berth::relay
