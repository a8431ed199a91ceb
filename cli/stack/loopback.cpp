#include "cli/stack/loopback.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::stack {

Result<void> EnsureLoopback()
{
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{.ifr_ifrn = {.ifrn_name = "lo"}, .ifr_ifru = {}};
    bool up = ::ioctl(socket, SIOCGIFFLAGS, &request) == 0;
    const unsigned flags = static_cast<unsigned short>(request.ifr_flags);
    if (up && (flags & IFF_UP) == 0) {
        request.ifr_flags = static_cast<short>(flags | IFF_UP);
        up = ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
    }
    ::close(socket);
    if (up) return {};
    return Fail(ErrorCode::kUnavailable, "LOOPBACK_DOWN",
                "The loopback interface is down; as root, `ip link set lo up` brings it up.");
}

}  // namespace berth::stack
