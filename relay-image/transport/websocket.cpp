#include "relay-image/transport/websocket.hpp"

#include <boost/asio/post.hpp>

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr int kReadsInATurn = 4;  ///< Then other connections come first.
constexpr auto kStallLimit = 30s;
constexpr auto kGoodbyeLimit = 2s;

}  // namespace

WebSocket::WebSocket(Socket socket, WebSocketOptions options, WebSocketShared& shared)
    : shared_{shared},
      options_{options},
      output_{std::make_shared<Output>(std::move(socket), options.max_pending_output,
                                       shared.output_room)},
      reader_{options.max_message_bytes, options.compressed ? &shared.compressor : nullptr}
{
}

void WebSocket::Start(std::weak_ptr<WebSocketListener> listener, std::string_view response,
                      std::string early)
{
    listener_ = std::move(listener);
    output_->OnDrained([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (const auto told = self ? self->listener_.lock() : nullptr) told->OnDrained();
    });
    output_->OnFailed([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->End();
    });
    output_->Append(response);
    if (options_.compressed) output_->CompressBy(&shared_.compressor);
    kept_ = std::move(early);
    paused_ = true;
    Resume();
}

void WebSocket::Resume()
{
    if (!std::exchange(paused_, false)) return;
    last_heard_ = Steady::now();
    pinged_at_.reset();
    asio::post(get_executor(), [self = shared_from_this()] {
        if (self->paused_ || self->ended_) return;
        const auto kept = std::exchange(self->kept_, {});
        if (self->Consume(kept) && !self->paused_) self->Read();
    });
}

void WebSocket::AwaitBytes()
{
    if (std::exchange(waiting_, true)) return;
    output_->socket().WaitToRead([self = shared_from_this()](Socket::ErrorCode error) {
        self->waiting_ = false;
        if (self->ended_) return;
        if (error) return self->End();
        if (!self->paused_) self->Read();
    });
}

void WebSocket::Read()
{
    auto& input = shared_.input;
    for (int i = 0; i < kReadsInATurn; ++i) {
        Socket::ErrorCode error;
        const auto count = output_->socket().TryRead(input.data(), input.size(), error);
        if (error == asio::error::would_block) return AwaitBytes();
        if (error) return End();
        last_heard_ = Steady::now();
        pinged_at_.reset();
        if (!Consume({input.data(), count}) || paused_) return;
        if (count < input.size() && !output_->socket().is_tls()) return AwaitBytes();
    }
    asio::post(get_executor(), [self = shared_from_this()] {
        if (!self->paused_ && !self->ended_) self->Read();
    });
}

/// False if reading has to stop.
bool WebSocket::Consume(std::string_view bytes)
{
    while (!bytes.empty() && !deaf_ && !ended_) {
        if (paused_) {
            kept_ = bytes;
            return false;
        }
        auto step = reader_.Next(bytes);
        if (auto* incoming = std::get_if<FrameReader::Incoming>(&step)) {
            Take(std::move(*incoming));
        } else if (const auto* fault = std::get_if<FrameReader::Fault>(&step)) {
            Close(fault->code, fault->why);
            deaf_ = true;
        }
    }
    return !ended_;
}

void WebSocket::Take(FrameReader::Incoming incoming)
{
    if (incoming.opcode == Opcode::kClose) return AnswerClose(incoming.payload);
    const auto listener = listener_.lock();
    if (!listener || closing_) return;
    switch (incoming.opcode) {
        case Opcode::kText: return listener->OnMessage(std::move(incoming.payload));
        case Opcode::kBinary: return listener->OnBinary();
        case Opcode::kPing: return output_->Append(ControlFrame(Opcode::kPong, incoming.payload));
        case Opcode::kPong:
        case Opcode::kClose:
        case Opcode::kContinuation: return;
    }
}

void WebSocket::AnswerClose(std::string_view payload)
{
    if (closing_) return End();
    closing_ = deaf_ = true;
    closing_since_ = Steady::now();
    output_->Append(ControlFrame(Opcode::kClose, payload.substr(0, 2)));
    output_->ShutdownAfterAll();
}

void WebSocket::Close(CloseCode code, std::string_view why)
{
    if (closing_ || ended_) return;
    closing_ = true;
    closing_since_ = Steady::now();
    output_->Append(ControlFrame(Opcode::kClose, ClosePayload(code, why)));
    output_->ShutdownAfterAll();
    Resume();  // Else the client's goodbye would not be heard.
}

void WebSocket::Drop()
{
    dropped_ = true;
    End();
}

void WebSocket::End()
{
    if (std::exchange(ended_, true)) return;
    output_->socket().Close();
    asio::post(get_executor(), [self = shared_from_this()] {
        if (const auto listener = self->listener_.lock()) listener->OnEnd();
    });
}

void WebSocket::Tend(Steady::time_point now)
{
    if (ended_) return;
    if (closing_ && now - closing_since_ > kGoodbyeLimit) return End();
    if (output_->Stalled(now) > kStallLimit) return Drop();
    if (paused_ || closing_) return;
    if (pinged_at_) {
        if (now - *pinged_at_ > options_.ping_interval) End();
    } else if (now - last_heard_ > options_.ping_interval) {
        pinged_at_ = now;
        output_->Append(ControlFrame(Opcode::kPing, {}));
    }
}

}  // namespace berth::relay
