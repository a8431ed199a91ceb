#include "relay-image/transport/listening.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START
constexpr int kMaxInherited = 64;

/// The address and port of `host:port` or `[v6]:port`.
Result<tcp::endpoint> ParseEndpoint(const std::string& text)
{
    const auto colon = std::min(text.rfind(':'), text.size());
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto digits = std::string_view{text}.substr(std::min(colon + 1, text.size()));
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    unsigned short port = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
        return Fail(ErrorCode::kInvalid, "BAD_ADDRESS", "\"" + text + "\" is not host:port.");
    }
    return tcp::endpoint{address, port};
}

int NumberIn(const char* variable)
{
    const char* text = std::getenv(variable);
    const std::string_view digits{text ? text : ""};
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

int SocketsFromSystemd()
{
    if (NumberIn("LISTEN_PID") != ::getpid()) return 0;
    return std::clamp(NumberIn("LISTEN_FDS"), 0, kMaxInherited);
}

std::string TextOf(const tcp::endpoint& endpoint)
{
    const auto host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
           std::to_string(endpoint.port());
}

Listening::~Listening()
{
    for (const auto& socket : inherited_) ::close(socket.handle);
}

void Listening::Inherit(int count)
{
    for (int handle = kFirstInherited; handle < kFirstInherited + std::min(count, kMaxInherited);
         ++handle) {
        Endpoint local;
        auto size = static_cast<socklen_t>(local.capacity());
        int listens = 0;
        socklen_t flag_size = sizeof listens;
        if (::getsockname(handle, local.data(), &size) != 0 ||
            ::getsockopt(handle, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) != 0 ||
            listens == 0 ||
            (local.data()->sa_family != AF_INET && local.data()->sa_family != AF_INET6)) {
            continue;
        }
        ::fcntl(handle, F_SETFD, FD_CLOEXEC);
        inherited_.push_back({handle, local});
    }
}

Result<Listening::Acceptor> Listening::OpenNew(const Endpoint& endpoint, const std::string& address)
{
    Acceptor acceptor{io_};
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return Fail(ErrorCode::kUnavailable, "ADDRESS_NOT_AVAILABLE",
                    "Cannot listen on " + address + ": " + error.message());
    }
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    return acceptor;
}

Result<Listening::Acceptor> Listening::Open(const std::string& address)
{
    const auto endpoint = ParseEndpoint(address);
    if (!endpoint) return endpoint.error();
    const auto found = std::ranges::find_if(inherited_, [&](const Inherited& socket) {
        return socket.local.address() == endpoint->address() &&
               (endpoint->port() == 0 || socket.local.port() == endpoint->port());
    });
    if (found == inherited_.end()) return OpenNew(*endpoint, address);
    const auto taken = *found;
    inherited_.erase(found);
    Acceptor acceptor{io_};
    boost::system::error_code error;
    acceptor.assign(taken.local.protocol(), taken.handle, error);
    if (!error) return acceptor;
    ::close(taken.handle);
    return Fail(ErrorCode::kUnavailable, "ADDRESS_NOT_AVAILABLE",
                "Cannot take over " + address + ": " + error.message());
}

}  // namespace berth::relay
