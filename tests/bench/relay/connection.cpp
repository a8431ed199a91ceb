#include "tests/bench/relay/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::bench {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
constexpr int kEventsOfTurn = 256;

[[noreturn]] void Throw(const std::string& what)
{
    throw std::runtime_error{what + ": " + std::strerror(errno)};
}

void SetOption(int socket, int level, int name)
{
    const int on = 1;
    ::setsockopt(socket, level, name, &on, sizeof on);
}

}  // namespace

Connection::Connection(unsigned short port, bool quick_ack)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}, quick_ack_{quick_ack}
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket_);
        Throw("connect");
    }
    SetOption(socket_, IPPROTO_TCP, TCP_NODELAY);
    Upgrade();
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
}

Connection::Connection(Connection&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      quick_ack_{other.quick_ack_},
      out_{std::move(other.out_)},
      in_{std::move(other.in_)}
{
}

Connection::~Connection()
{
    if (socket_ >= 0) ::close(socket_);
}

void Connection::Upgrade()
{
    static constexpr std::string_view kRequest =
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    if (::send(socket_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) Throw("upgrade");
    while (in_.find("\r\n\r\n") == std::string::npos) {
        char bytes[4096];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) Throw("upgrade");
        in_.append(bytes, static_cast<std::size_t>(got));
    }
    if (!in_.starts_with("HTTP/1.1 101")) throw std::runtime_error{"no WebSocket: " + in_};
    in_.erase(0, in_.find("\r\n\r\n") + 4);
}

void Connection::Send(std::string_view text)
{
    out_ += static_cast<char>(0x81);
    if (text.size() < 126) {
        out_ += static_cast<char>(0x80 | text.size());
    } else {
        out_ += static_cast<char>(0x80 | 126);
        out_ += static_cast<char>(text.size() >> 8);
        out_ += static_cast<char>(text.size() & 0xFF);
    }
    out_.append(4, '\0');  // A mask that changes nothing.
    out_ += text;
}

bool Connection::Flush()
{
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const auto took = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
        if (took < 0 && errno == EAGAIN) break;
        if (took < 0) Throw("send");
        sent += static_cast<std::size_t>(took);
    }
    out_.erase(0, sent);
    return out_.empty();
}

void Connection::Read(const std::function<void(std::string_view)>& message)
{
    const auto held = in_.size();
    in_.resize(held + kReadBytes);
    const auto got = ::recv(socket_, in_.data() + held, kReadBytes, 0);
    if (got == 0) throw std::runtime_error{"the relay hung up"};
    if (got < 0 && errno != EAGAIN) Throw("recv");
    in_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (quick_ack_) SetOption(socket_, IPPROTO_TCP, TCP_QUICKACK);
    in_.erase(0, TakeFrames(message));
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
        if ((byte(0) & 0x0F) == 1) message(std::string_view{in_}.substr(at + head, length));
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
