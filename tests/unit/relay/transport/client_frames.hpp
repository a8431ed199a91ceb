#pragma once

#include <string>

namespace berth::relay::test {

/// One frame as a client would send it, or as it must not.
struct ClientFrameDraft {
    bool final = true;
    unsigned opcode = 1;
    unsigned reserved = 0;  ///< Bits of the first byte: 0x40, 0x20, 0x10.
    bool masked = true;
    std::string payload = {};
};

inline std::string ClientFrame(const ClientFrameDraft& draft)
{
    const auto byte = [](unsigned value) { return static_cast<char>(value & 0xFF); };
    const std::string mask = "mask";
    const unsigned masked = draft.masked ? 0x80 : 0;
    std::string frame{byte((draft.final ? 0x80U : 0U) | draft.reserved | draft.opcode)};
    const auto size = draft.payload.size();
    if (size < 126) {
        frame += byte(masked | static_cast<unsigned>(size));
    } else {
        const int bytes = size > 0xFFFF ? 8 : 2;
        frame += byte(masked | (bytes == 8 ? 127U : 126U));
        for (int i = bytes - 1; i >= 0; --i) frame += byte(static_cast<unsigned>(size >> (8 * i)));
    }
    if (!draft.masked) return frame + draft.payload;
    frame += mask;
    for (std::size_t i = 0; i < size; ++i) {
        frame += byte(static_cast<unsigned char>(draft.payload[i]) ^
                      static_cast<unsigned char>(mask[i % 4]));
    }
    return frame;
}

}  // namespace berth::relay::test
