#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace berth::relay {

/// What is on its way to one client. Everything appended in one turn of the I/O thread leaves in
/// one gathered send. Used on the I/O thread only; memory is given back when idle.
class Output : public std::enable_shared_from_this<Output> {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Steady = std::chrono::steady_clock;

    explicit Output(Socket socket);

    Socket& socket() { return socket_; }

    /// Appends bytes as they are; used for whole frames only.
    void Append(std::string_view bytes);
    /// Appends one unmasked WebSocket text frame, whose payload is the parts in their order.
    void AppendTextFrame(std::initializer_list<std::string_view> parts);

    /// Bytes that the socket has not taken yet.
    std::size_t pending() const { return waiting_.size() + leaving_.size(); }
    /// For how long the client has taken nothing although bytes wait for it.
    Steady::duration Stalled(Steady::time_point now) const;
    /// Called whenever all bytes have left.
    void OnDrained(std::function<void()> drained) { drained_ = std::move(drained); }

private:
    void ScheduleFlush();
    void Flush();
    void Send(std::size_t from);

    Socket socket_;
    std::string waiting_;
    std::string leaving_;
    bool flush_scheduled_ = false;
    Steady::time_point last_progress_{};
    std::function<void()> drained_;
};

}  // namespace berth::relay
