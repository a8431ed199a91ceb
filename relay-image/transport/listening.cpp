#include "relay-image/transport/listening.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START
constexpr int kMaxInherited = 64;

std::optional<int> NumberIn(const char* variable)
{
    const char* text = std::getenv(variable);
    const std::string_view digits{text ? text : ""};
    int number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool is_whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    return is_whole ? std::optional{number} : std::nullopt;
}

bool IsTcp(const tcp::endpoint& local)
{
    const auto family = local.data()->sa_family;
    return family == AF_INET || family == AF_INET6;
}

}  // namespace

Result<int> SocketsFromSystemd()
{
    if (!std::getenv("LISTEN_FDS")) return 0;
    if (NumberIn("LISTEN_PID") != ::getpid()) return 0;  // They are meant for somebody else.
    const auto count = NumberIn("LISTEN_FDS");
    if (count && *count >= 0 && *count <= kMaxInherited) return *count;
    return Fail(
        ErrorCode::kInvalid, "BAD_LISTEN_FDS",
        "LISTEN_FDS is not the number of sockets, 0 to " + std::to_string(kMaxInherited) + ".");
}

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

Result<void> Listening::Inherit(int count)
{
    for (int handle = kFirstInherited; handle < kFirstInherited + count; ++handle) {
        Endpoint local;
        auto size = static_cast<socklen_t>(local.capacity());
        int listens = 0;
        socklen_t flag_size = sizeof listens;
        if (::getsockname(handle, local.data(), &size) != 0 ||
            ::getsockopt(handle, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) != 0 ||
            listens == 0 || !IsTcp(local)) {
            return Fail(ErrorCode::kInvalid, "NOT_A_LISTENING_SOCKET",
                        "Descriptor " + std::to_string(handle) +
                            " was handed over, but is no listening socket of TCP.");
        }
        ::fcntl(handle, F_SETFD, FD_CLOEXEC);
        inherited_.push_back({handle, local});
    }
    return {};
}

Result<void> Listening::CheckAllTaken() const
{
    if (inherited_.empty()) return {};
    return Fail(ErrorCode::kInvalid, "SOCKET_NOT_CONFIGURED",
                "A socket of " + TextOf(inherited_.front().local) +
                    " was handed over, but relay.address and relay.tls_address do not name it.");
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
