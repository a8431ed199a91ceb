#include "relay-image/transport/proxy_header.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace berth::relay {
namespace {

namespace ip = boost::asio::ip;
using State = ProxyHeader::State;

constexpr std::string_view kText = "PROXY ";
constexpr std::string_view kBinary{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kMaxTextHeader = 107;
constexpr std::size_t kBinaryHead = 16;
constexpr unsigned kTcpOverV4 = 0x11, kTcpOverV6 = 0x21;

std::vector<std::string_view> Words(std::string_view line)
{
    std::vector<std::string_view> words;
    while (true) {
        const auto end = line.find(' ');
        words.push_back(line.substr(0, end));
        if (end == std::string_view::npos) return words;
        line.remove_prefix(end + 1);
    }
}

ProxyHeader ReadText(std::string_view bytes)
{
    const auto end = bytes.substr(0, kMaxTextHeader).find("\r\n");
    if (end == std::string_view::npos) {
        return {.state = bytes.size() < kMaxTextHeader ? State::kMore : State::kBroken};
    }
    ProxyHeader header{.state = State::kComplete, .size = end + 2};
    const auto words = Words(bytes.substr(0, end));
    if (words[1] == "UNKNOWN") return header;
    const bool is_v6 = words[1] == "TCP6";
    if (words.size() != 6 || (!is_v6 && words[1] != "TCP4")) return {.state = State::kBroken};
    boost::system::error_code error;
    header.client = ip::make_address(std::string{words[2]}, error);
    if (error || header.client->is_v6() != is_v6) return {.state = State::kBroken};
    return header;
}

template <typename Address>
ip::address AddressAt(std::string_view bytes)
{
    typename Address::bytes_type raw{};
    std::copy_n(bytes.begin(), raw.size(), raw.begin());
    return Address{raw};
}

ProxyHeader ReadBinary(std::string_view bytes)
{
    if (bytes.size() < kBinaryHead) return {.state = State::kMore};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t length = static_cast<std::size_t>(byte(14)) << 8 | byte(15);
    const auto command = byte(12);
    if ((command != 0x20 && command != 0x21) || kBinaryHead + length > kMaxProxyHeader) {
        return {.state = State::kBroken};
    }
    if (bytes.size() < kBinaryHead + length) return {.state = State::kMore};
    ProxyHeader header{.state = State::kComplete, .size = kBinaryHead + length};
    const auto addresses = bytes.substr(kBinaryHead, length);
    if (command == 0x20) return header;  // LOCAL: a check by the proxy itself.
    if (byte(13) == kTcpOverV4) {
        if (length < 12) return {.state = State::kBroken};
        header.client = AddressAt<ip::address_v4>(addresses);
    } else if (byte(13) == kTcpOverV6) {
        if (length < 36) return {.state = State::kBroken};
        header.client = AddressAt<ip::address_v6>(addresses);
    }
    return header;
}

bool BeginAlike(std::string_view a, std::string_view b)
{
    const auto length = std::min(a.size(), b.size());
    return a.substr(0, length) == b.substr(0, length);
}

}  // namespace

ProxyHeader ReadProxyHeader(std::string_view bytes)
{
    if (BeginAlike(bytes, kText)) {
        return bytes.size() < kText.size() ? ProxyHeader{.state = State::kMore} : ReadText(bytes);
    }
    if (BeginAlike(bytes, kBinary)) {
        return bytes.size() < kBinary.size() ? ProxyHeader{.state = State::kMore}
                                             : ReadBinary(bytes);
    }
    return {};
}

}  // namespace berth::relay
