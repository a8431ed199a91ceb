#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "relay-image/transport/compressor.hpp"
#include "relay-image/transport/frame.hpp"

namespace berth::relay {

/// Reads the frames of one WebSocket client (RFC 6455, RFC 7692) out of whatever pieces they come
/// in. Holds no more than the message that is under way. Not thread-safe.
class FrameReader {
public:
    /// A whole message, put together and inflated, or a control frame.
    struct Incoming {
        Opcode opcode = Opcode::kText;
        std::string payload;
    };
    /// The client broke the protocol or a limit; nothing may be read any more.
    struct Fault {
        CloseCode code = CloseCode::kProtocolError;
        std::string_view why;
    };
    using Step = std::variant<std::monostate, Incoming, Fault>;

    /// `compressor` is null unless permessage-deflate was agreed on.
    FrameReader(std::size_t max_message_bytes, Compressor* compressor)
        : max_message_bytes_{max_message_bytes}, compressor_{compressor}
    {
    }

    /// Takes what it needs from the front of `bytes`; std::monostate once it needs more.
    Step Next(std::string_view& bytes);

    void set_max_message_bytes(std::size_t most) { max_message_bytes_ = most; }

private:
    std::size_t HeadSize() const;
    std::optional<Fault> ReadHead(std::string_view& bytes);
    std::optional<Fault> StartFrame();
    std::optional<Fault> StartDataFrame(bool compressed, std::uint64_t length);
    Step FinishFrame();
    Step FinishMessage();

    std::size_t max_message_bytes_;
    Compressor* compressor_;
    std::array<unsigned char, 14> head_{};
    std::uint8_t head_read_ = 0;
    bool in_payload_ = false;
    bool final_ = false;
    bool compressed_ = false;             ///< The message under way.
    Opcode frame_ = Opcode::kText;        ///< The frame under way.
    std::optional<Opcode> message_kind_;  ///< Set while a message is under way.
    std::array<unsigned char, 4> mask_{};
    std::uint32_t fragments_ = 0;
    std::uint64_t left_ = 0;  ///< Bytes of the frame that are still to come.
    std::uint64_t taken_ = 0;
    std::string message_;
    std::string control_;
};

}  // namespace berth::relay
