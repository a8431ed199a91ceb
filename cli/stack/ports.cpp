#include "cli/stack/ports.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::stack {
namespace {

constexpr std::uint16_t kLowest = 20000;
constexpr std::uint16_t kHighest = 31999;
constexpr int kTries = 2000;

sockaddr_in Loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool With(int type, std::uint16_t port, int (*act)(int, const sockaddr*, socklen_t))
{
    const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const auto address = Loopback(port);
    const auto* pointer = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    const bool done = act(fd, pointer, sizeof address) == 0;
    ::close(fd);
    return done;
}

bool IsFree(std::uint16_t port)
{
    return With(SOCK_STREAM, port, ::bind) && With(SOCK_DGRAM, port, ::bind);
}

}  // namespace

Result<std::vector<std::uint16_t>> FreePorts(std::size_t count)
{
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> any{kLowest, kHighest};
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < kTries && ports.size() < count; ++i) {
        const auto port = any(random);
        const bool taken = std::find(ports.begin(), ports.end(), port) != ports.end();
        if (!taken && IsFree(port)) ports.push_back(port);
    }
    if (ports.size() == count) return ports;
    return Fail(ErrorCode::kExhausted, "NO_FREE_PORT",
                "There are not enough free ports on 127.0.0.1 between 20000 and 31999.");
}

bool Listens(std::uint16_t port) { return With(SOCK_STREAM, port, ::connect); }

}  // namespace berth::stack
