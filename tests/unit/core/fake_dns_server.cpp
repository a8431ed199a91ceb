#include "tests/unit/core/fake_dns_server.hpp"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/assert.hpp"

namespace berth::probe {
namespace {

std::string Encode(const std::string& name)
{
    std::string wire;
    for (std::size_t at = 0; at < name.size();) {
        const auto dot = std::min(name.find('.', at), name.size());
        wire += static_cast<char>(dot - at);
        wire += name.substr(at, dot - at);
        at = dot + 1;
    }
    return wire + '\0';
}

std::string Decode(const std::string& message, std::size_t at)
{
    std::string name;
    while (message[at] != 0) {
        const auto length = static_cast<std::size_t>(message[at]);
        if (!name.empty()) name += '.';
        name += message.substr(at + 1, length);
        at += 1 + length;
    }
    return name;
}

std::string Number(unsigned value)
{
    return {static_cast<char>(value >> 8), static_cast<char>(value & 255)};
}

std::string Record(const std::string& owner, unsigned type, const std::string& data)
{
    return Encode(owner) + Number(type) + Number(1) + Number(0) + Number(60) +
           Number(static_cast<unsigned>(data.size())) + data;
}

}  // namespace

FakeDnsServer::FakeDnsServer()
{
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    BERTH_ASSERT(::bind(socket_, generic, size) == 0);
    BERTH_ASSERT(::getsockname(socket_, generic, &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread{[this] {
        std::array<char, 512> buffer;
        sockaddr_in from{};
        while (true) {
            socklen_t from_size = sizeof from;
            auto* sender = reinterpret_cast<sockaddr*>(&from);
            const auto count =
                ::recvfrom(socket_, buffer.data(), buffer.size(), 0, sender, &from_size);
            if (count <= 0) return;  // Shut down.
            const auto answer = Answer({buffer.data(), static_cast<std::size_t>(count)});
            ::sendto(socket_, answer.data(), answer.size(), 0, sender, from_size);
        }
    }};
}

FakeDnsServer::~FakeDnsServer()
{
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
}

void FakeDnsServer::SetAddress(const std::string& name, const std::string& ipv4)
{
    const std::lock_guard lock{mutex_};
    addresses_[name] = ipv4;
}

void FakeDnsServer::SetAlias(const std::string& name, const std::string& target)
{
    const std::lock_guard lock{mutex_};
    aliases_[name] = target;
}

std::string FakeDnsServer::Answer(const std::string& question)
{
    const std::lock_guard lock{mutex_};
    auto name = Decode(question, 12);
    const auto question_end = 12 + name.size() + 2 + 4;
    const bool wants_ipv4 = question[question_end - 3] == 1;
    std::string records;
    unsigned count = 0;
    const bool known = addresses_.contains(name) || aliases_.contains(name);
    while (aliases_.contains(name)) {
        records += Record(name, 5, Encode(aliases_[name]));
        name = aliases_[name];
        ++count;
    }
    if (wants_ipv4 && addresses_.contains(name)) {
        in_addr ipv4{};
        ::inet_pton(AF_INET, addresses_[name].c_str(), &ipv4);
        records += Record(name, 1, {reinterpret_cast<const char*>(&ipv4), 4});
        ++count;
    }
    return question.substr(0, 2) + Number(0x8580U | (known ? 0U : 3U)) + Number(1) + Number(count) +
           Number(0) + Number(0) + question.substr(12, question_end - 12) + records;
}

}  // namespace berth::probe
