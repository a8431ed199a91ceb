#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/probe/connection.hpp"
#include "relay-image/bench/stream.hpp"

namespace berth::bench {

using Steady = std::chrono::steady_clock;

/// Where a relay is.
struct Target {
    probe::Endpoint endpoint;
    std::string path = "/";

    /// Plain, on a port of this machine.
    static Target Loopback(unsigned short port);
};

/// A WebSocket to a relay that does not block, made for little work of its own: the load may share
/// the machine with what it measures. Throws std::runtime_error when it breaks.
class Connection {
public:
    /// Connects and upgrades, blocking. With `quick_ack` the client acknowledges at once, as it
    /// would if it had something to send; an ordinary one may wait 40 ms.
    explicit Connection(const Target& target, bool quick_ack = true);

    int descriptor() const { return stream_.descriptor(); }
    /// Queues a text frame.
    void Send(std::string_view text);
    /// Writes what the socket takes; false if some is left.
    bool Flush();
    /// Reads what is there and calls back with the text of each message.
    void Read(const std::function<void(std::string_view)>& message);

private:
    void Upgrade(const Target& target);
    std::size_t TakeFrames(const std::function<void(std::string_view)>& message);

    Stream stream_;
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
