#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace berth::bench {

using Steady = std::chrono::steady_clock;

/// A WebSocket to a relay on the loopback that does not block, made for little work of its own: the
/// load shares the machine with what it measures. Throws std::runtime_error when it breaks.
class Connection {
public:
    /// Connects and upgrades, blocking. With `quick_ack` the client acknowledges at once, as it
    /// would if it had something to send; an ordinary one may wait 40 ms.
    explicit Connection(unsigned short port, bool quick_ack = true);
    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&&) = delete;
    ~Connection();

    int descriptor() const { return socket_; }
    /// Queues a text frame.
    void Send(std::string_view text);
    /// Writes what the socket takes; false if some is left.
    bool Flush();
    /// Reads what is there and calls back with the text of each message.
    void Read(const std::function<void(std::string_view)>& message);

private:
    void Upgrade();
    std::size_t TakeFrames(const std::function<void(std::string_view)>& message);

    int socket_ = -1;
    bool quick_ack_ = true;
    std::string out_;
    std::string in_;
};

/// Serves many connections on one thread until all is done.
class Loop {
public:
    /// `index` is the place of the connection in the list.
    using OnMessage = std::function<void(std::size_t index, std::string_view text)>;

    explicit Loop(std::vector<Connection>& connections);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    /// Reads and writes until `done` holds, asked after each turn. `turn` may send more; it is
    /// called at the times it returns, at the latest. Throws std::runtime_error after `patience`
    /// without a message.
    void Run(const OnMessage& on_message, const std::function<bool()>& done,
             std::chrono::seconds patience = std::chrono::seconds{30});
    /// One turn of at most `wait`; returns whether a message came.
    bool Turn(const OnMessage& on_message, std::chrono::milliseconds wait);

private:
    std::vector<Connection>& connections_;
    std::vector<bool> wants_write_;
    int poll_ = -1;
};

}  // namespace berth::bench
