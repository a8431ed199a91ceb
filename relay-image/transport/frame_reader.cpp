#include "relay-image/transport/frame_reader.hpp"

#include <algorithm>
#include <utility>

#include "relay-image/transport/utf8.hpp"

namespace berth::relay {
namespace {

constexpr unsigned char kFinal = 0x80, kCompressed = 0x40, kReserved = 0x30, kMasked = 0x80;
constexpr std::uint64_t kMaxControlPayload = 125;
constexpr std::uint32_t kMaxFragments = 4096;
constexpr std::size_t kMaskSize = 4;

FrameReader::Fault Broken(std::string_view why) { return {CloseCode::kProtocolError, why}; }
FrameReader::Fault TooBig() { return {CloseCode::kTooBig, "the message is too big"}; }

bool IsControl(Opcode opcode) { return static_cast<unsigned>(opcode) >= 0x8; }

bool IsKnown(unsigned opcode)
{
    return opcode <= static_cast<unsigned>(Opcode::kBinary) ||
           (opcode >= static_cast<unsigned>(Opcode::kClose) &&
            opcode <= static_cast<unsigned>(Opcode::kPong));
}

/// Codes that a client may close with (RFC 6455, section 7.4).
bool MayBeSent(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

std::optional<FrameReader::Fault> CheckClose(std::string_view payload)
{
    if (payload.empty()) return std::nullopt;
    if (payload.size() == 1) return Broken("half a close code");
    const auto code = static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
                      static_cast<unsigned char>(payload[1]);
    if (!MayBeSent(code)) return Broken("no such close code");
    if (!IsUtf8(payload.substr(2)))
        return FrameReader::Fault{CloseCode::kBadPayload, "the text is not UTF-8"};
    return std::nullopt;
}

/// What a message of `most` bytes may take compressed: deflate adds 5 bytes to each 16 KB at worst.
std::size_t WireLimit(std::size_t most) { return most + most / 1024 + 64; }

}  // namespace

std::size_t FrameReader::HeadSize() const
{
    if (head_read_ < 2) return 2;
    const auto length = head_[1] & 0x7F;
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    return 2 + extended + kMaskSize;
}

std::optional<FrameReader::Fault> FrameReader::ReadHead(std::string_view& bytes)
{
    while (!bytes.empty() && head_read_ < HeadSize()) {
        head_[head_read_++] = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        if (head_read_ == 2 && (head_[1] & kMasked) == 0) return Broken("a frame without a mask");
    }
    if (head_read_ < HeadSize()) return std::nullopt;
    in_payload_ = true;
    return StartFrame();
}

std::optional<FrameReader::Fault> FrameReader::StartFrame()
{
    const auto opcode = head_[0] & 0x0FU;
    const bool compressed = (head_[0] & kCompressed) != 0;
    if ((head_[0] & kReserved) != 0) return Broken("reserved bits are set");
    if (!IsKnown(opcode)) return Broken("no such opcode");
    const auto size = HeadSize();
    std::uint64_t length = head_[1] & 0x7F;
    if (size > 2 + kMaskSize) {
        length = 0;
        for (std::size_t i = 2; i < size - kMaskSize; ++i) length = length << 8 | head_[i];
        if (length < (size == 8 ? 126U : 65536U)) return Broken("a length that is too long");
        if (length >> 63 != 0) return Broken("a length without end");
    }
    std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(size - kMaskSize), kMaskSize,
                mask_.begin());
    frame_ = static_cast<Opcode>(opcode);
    final_ = (head_[0] & kFinal) != 0;
    left_ = length;
    taken_ = 0;
    if (!IsControl(frame_)) return StartDataFrame(compressed, length);
    if (compressed) return Broken("a compressed control frame");
    if (!final_) return Broken("a fragmented control frame");
    if (length > kMaxControlPayload) return Broken("a control frame that is too long");
    return std::nullopt;
}

std::optional<FrameReader::Fault> FrameReader::StartDataFrame(bool compressed, std::uint64_t length)
{
    const bool continues = frame_ == Opcode::kContinuation;
    if (continues != message_kind_.has_value()) return Broken("fragments out of order");
    if (compressed && (continues || !compressor_)) return Broken("a bit of no agreed extension");
    if (!continues) {
        message_kind_ = frame_;
        compressed_ = compressed;
        fragments_ = 0;
    }
    if (++fragments_ > kMaxFragments) return TooBig();
    const auto most = compressed_ ? WireLimit(max_message_bytes_) : max_message_bytes_;
    if (length > most || message_.size() > most - length) return TooBig();
    return std::nullopt;
}

FrameReader::Step FrameReader::Next(std::string_view& bytes)
{
    while (true) {
        if (!in_payload_) {
            if (const auto fault = ReadHead(bytes)) return *fault;
            if (!in_payload_) return {};
        }
        auto& target = IsControl(frame_) ? control_ : message_;
        const auto count = std::min<std::uint64_t>(left_, bytes.size());
        const auto start = target.size();
        target.append(bytes.substr(0, count));
        for (auto i = start; i < target.size(); ++i) {
            target[i] = static_cast<char>(target[i] ^ static_cast<char>(mask_[taken_++ & 3]));
        }
        bytes.remove_prefix(count);
        left_ -= count;
        if (left_ > 0) return {};
        auto step = FinishFrame();
        if (!std::holds_alternative<std::monostate>(step)) return step;
    }
}

FrameReader::Step FrameReader::FinishFrame()
{
    in_payload_ = false;
    head_read_ = 0;
    if (!IsControl(frame_)) return final_ ? FinishMessage() : Step{};
    if (frame_ == Opcode::kClose) {
        if (const auto fault = CheckClose(control_)) return *fault;
    }
    return Incoming{frame_, std::exchange(control_, {})};
}

FrameReader::Step FrameReader::FinishMessage()
{
    Incoming incoming{*message_kind_, std::exchange(message_, {})};
    message_kind_.reset();
    if (compressed_) {
        auto inflated = compressor_->Inflate(incoming.payload, max_message_bytes_);
        if (inflated.fault == Compressor::Fault::kTooBig) return TooBig();
        if (inflated.fault) return Fault{CloseCode::kBadPayload, "the message cannot be inflated"};
        incoming.payload = std::move(inflated.text);
    }
    if (incoming.opcode == Opcode::kText && !IsUtf8(incoming.payload)) {
        return Fault{CloseCode::kBadPayload, "the text is not UTF-8"};
    }
    return incoming;
}

}  // namespace berth::relay
