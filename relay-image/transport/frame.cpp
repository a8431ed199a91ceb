#include "relay-image/transport/frame.hpp"

namespace berth::relay {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kCompressed = 0x40;
constexpr std::size_t kMaxControlPayload = 125;

void AppendBigEndian(std::string& out, std::size_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

}  // namespace

void AppendFrameHead(std::string& out, Opcode opcode, std::size_t length, bool compressed)
{
    out +=
        static_cast<char>(kFinal | (compressed ? kCompressed : 0U) | static_cast<unsigned>(opcode));
    if (length < 126) return AppendBigEndian(out, length, 1);
    const bool is_long = length > 0xFFFF;
    out += static_cast<char>(is_long ? 127 : 126);
    AppendBigEndian(out, length, is_long ? 8 : 2);
}

std::string ControlFrame(Opcode opcode, std::string_view payload)
{
    payload = payload.substr(0, kMaxControlPayload);
    std::string frame;
    AppendFrameHead(frame, opcode, payload.size());
    return frame.append(payload);
}

std::string ClosePayload(CloseCode code, std::string_view why)
{
    std::string payload;
    AppendBigEndian(payload, static_cast<std::size_t>(code), 2);
    return payload.append(why);
}

}  // namespace berth::relay
