#include "relay-image/bench/connection.hpp"

#include <stdexcept>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace berth::bench {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
constexpr int kEventsOfTurn = 256;

constexpr int kText = 1, kClose = 8;  ///< Opcodes of RFC 6455.

/// The code and the reason of a close frame.
std::string Why(std::string_view payload)
{
    if (payload.size() < 2) return "no reason";
    const auto code =
        static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    return std::to_string(code) + " " + std::string{payload.substr(2)};
}

/// As the Host header names it.
std::string HostOf(const probe::Endpoint& endpoint)
{
    const bool usual = endpoint.port == (endpoint.tls ? 443 : 80);
    return usual ? endpoint.host : endpoint.host + ":" + std::to_string(endpoint.port);
}

}  // namespace

Target Target::Loopback(unsigned short port)
{
    return {.endpoint = {.host = "127.0.0.1",
                         .port = port,
                         .tls = false,
                         .connect_address = "127.0.0.1",
                         .ca_file = {}}};
}

Connection::Connection(const Target& target, bool quick_ack)
    : stream_{target.endpoint}, quick_ack_{quick_ack}
{
    Upgrade(target);
    stream_.StopBlocking();
}

void Connection::Upgrade(const Target& target)
{
    const auto request = "GET " + target.path + " HTTP/1.1\r\nHost: " + HostOf(target.endpoint) +
                         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                         "Sec-WebSocket-Version: 13\r\n\r\n";
    stream_.Send(request);
    while (in_.find("\r\n\r\n") == std::string::npos) {
        char bytes[4096];
        in_.append(bytes, stream_.Receive(bytes, sizeof bytes));
    }
    if (!in_.starts_with("HTTP/1.1 101")) {
        throw std::runtime_error{"no WebSocket: " + in_.substr(0, in_.find("\r\n"))};
    }
    in_.erase(0, in_.find("\r\n\r\n") + 4);
}

void Connection::Send(std::string_view text)
{
    out_ += static_cast<char>(0x81);
    const auto size = text.size();
    const int more = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out_ += static_cast<char>(0x80 | (more == 0 ? size : more == 2 ? 126 : 127));
    for (int i = more - 1; i >= 0; --i) out_ += static_cast<char>(size >> (8 * i));
    out_.append(4, '\0');  // A mask that changes nothing.
    out_ += text;
}

bool Connection::Flush()
{
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const auto took = stream_.Send(std::string_view{out_}.substr(sent));
        if (took == 0) break;
        sent += took;
    }
    out_.erase(0, sent);
    return out_.empty();
}

void Connection::Read(const std::function<void(std::string_view)>& message)
{
    // One for all connections: to clear one anew for each read would take longer than what is read.
    static thread_local std::vector<char> room(kReadBytes);
    do {
        in_.append(room.data(), stream_.Receive(room.data(), room.size()));
        if (quick_ack_) stream_.AcknowledgeNow();
        in_.erase(0, TakeFrames(message));
    } while (stream_.HoldsMore());
    if (in_.empty() && in_.capacity() > kReadBytes) in_ = {};
}

std::size_t Connection::TakeFrames(const std::function<void(std::string_view)>& message)
{
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(in_[at + i]); };
    while (in_.size() - at >= 2) {
        std::size_t length = byte(1) & 0x7F;
        std::size_t head = 2;
        const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (in_.size() - at < head + more) break;
        if (more > 0) length = 0;
        for (std::size_t i = 0; i < more; ++i) length = length << 8 | byte(head + i);
        head += more;
        if (in_.size() - at < head + length) break;
        const auto payload = std::string_view{in_}.substr(at + head, length);
        const int opcode = byte(0) & 0x0F;
        if (opcode == kClose) throw std::runtime_error{"the relay says goodbye: " + Why(payload)};
        if (opcode == kText) message(payload);
        at += head + length;
    }
    return at;
}

Loop::Loop(std::vector<Connection>& connections)
    : connections_{connections},
      wants_write_(connections.size(), false),
      poll_{::epoll_create1(EPOLL_CLOEXEC)}
{
    for (std::size_t i = 0; i < connections.size(); ++i) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, connections[i].descriptor(), &event);
    }
}

Loop::~Loop() { ::close(poll_); }

bool Loop::Turn(const OnMessage& on_message, std::chrono::milliseconds wait)
{
    bool came = false;
    epoll_event events[kEventsOfTurn];
    const auto count = ::epoll_wait(poll_, events, kEventsOfTurn, static_cast<int>(wait.count()));
    for (int i = 0; i < count; ++i) {
        const auto index = events[i].data.u64;
        auto& connection = connections_[index];
        if (events[i].events & EPOLLIN) {
            connection.Read([&](std::string_view text) {
                came = true;
                on_message(index, text);
            });
        }
        const bool left = !connection.Flush();
        if (left == wants_write_[index]) continue;
        wants_write_[index] = left;
        epoll_event event{.events = left ? EPOLLIN | EPOLLOUT : EPOLLIN, .data = {.u64 = index}};
        ::epoll_ctl(poll_, EPOLL_CTL_MOD, connection.descriptor(), &event);
    }
    return came;
}

void Loop::Run(const OnMessage& on_message, const std::function<bool()>& done,
               std::chrono::seconds patience)
{
    for (auto& connection : connections_) connection.Flush();
    auto last = Steady::now();
    while (!done()) {
        if (Turn(on_message, std::chrono::milliseconds{100})) last = Steady::now();
        if (Steady::now() - last > patience) throw std::runtime_error{"the relay fell silent"};
    }
}

}  // namespace berth::bench
