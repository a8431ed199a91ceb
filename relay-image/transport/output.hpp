#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "relay-image/transport/compressor.hpp"
#include "relay-image/transport/frame.hpp"
#include "relay-image/transport/output_room.hpp"
#include "relay-image/transport/socket.hpp"

namespace berth::relay {

/// What is on its way to one client. What is appended in one turn of the I/O thread leaves in few
/// gathered sends. Used on the I/O thread only; memory is given back when idle.
class Output : public std::enable_shared_from_this<Output> {
public:
    using Steady = std::chrono::steady_clock;

    /// `max_pending` bytes may wait for a socket that takes no more, or what is free in `room`;
    /// more ends the connection. Messages are compressed from the call of CompressBy on.
    Output(Socket socket, std::size_t max_pending, std::shared_ptr<OutputRoom> room);
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output();

    Socket& socket() { return socket_; }

    void CompressBy(Compressor* compressor) { compressor_ = compressor; }

    /// Appends bytes as they are; used for whole frames only.
    void Append(std::string_view bytes);
    /// Appends one unmasked WebSocket text frame, whose payload is the parts in their order.
    void AppendTextFrame(std::initializer_list<std::string_view> parts);
    /// Appends an EVENT message: `head`, the event's JSON, `]`. Where messages are compressed, an
    /// event that goes to many subscriptions in turn is compressed once.
    void AppendEventFrame(std::string_view head, std::string_view json);

    /// Ends the sending side once all that was appended has left; what comes later is dropped.
    void ShutdownAfterAll();

    /// Bytes that the socket has not taken yet.
    std::size_t pending() const { return waiting_.size() + leaving_.size() - sent_; }
    /// Bytes that may wait for the socket.
    std::size_t most() const { return std::min(max_pending_, room_->free()); }
    /// Bytes that were appended in this turn of the I/O thread.
    std::size_t appended() const { return appended_; }
    /// More bytes waited than may.
    bool overflowed() const { return overflowed_; }
    /// For how long the client has taken nothing although bytes wait for it.
    Steady::duration Stalled(Steady::time_point now) const;
    /// Called whenever all bytes have left.
    void OnDrained(std::function<void()> drained) { drained_ = std::move(drained); }
    /// Called once, in a later turn, when the connection broke or overflowed().
    void OnFailed(std::function<void()> called) { on_failed_ = std::move(called); }

private:
    void AppendCompressed(const std::string& payload);
    void OnAppended();
    void Count();
    void Flush();
    void Send();
    void TellIfDrained();
    void Fail();

    Socket socket_;
    const std::size_t max_pending_;
    const std::shared_ptr<OutputRoom> room_;
    Compressor* compressor_ = nullptr;
    std::string waiting_;
    std::string leaving_;
    std::size_t sent_ = 0;     ///< Bytes of `leaving_` that have left.
    std::size_t counted_ = 0;  ///< Of pending(), in the room.
    std::size_t appended_ = 0;
    bool flush_scheduled_ = false;
    bool shutting_down_ = false;
    bool failed_ = false;
    bool overflowed_ = false;
    Steady::time_point last_progress_{};
    std::function<void()> drained_;
    std::function<void()> on_failed_;
};

}  // namespace berth::relay
