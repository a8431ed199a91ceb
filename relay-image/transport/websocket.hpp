#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "relay-image/transport/frame_reader.hpp"
#include "relay-image/transport/output.hpp"

namespace berth::relay {

/// What all WebSockets of the I/O thread share, so that none needs a buffer of its own while idle.
struct WebSocketShared {
    std::shared_ptr<OutputRoom> output_room;
    Compressor compressor;
    std::array<char, 64 << 10> input{};
};

/// What one WebSocket may do.
struct WebSocketOptions {
    std::size_t max_message_bytes = 0;
    std::size_t max_pending_output = 0;      ///< Bytes; then the client is dropped.
    std::chrono::seconds ping_interval{25};  ///< Of silence; as much again ends it.
    bool compressed = false;                 ///< permessage-deflate was agreed on.
};

/// Who is told what comes over a WebSocket. Called on the I/O thread.
class WebSocketListener {
public:
    virtual ~WebSocketListener() = default;
    virtual void OnMessage(std::string text) = 0;
    virtual void OnBinary() = 0;
    /// All output has left.
    virtual void OnDrained() = 0;
    /// The connection is over. Called once, and nothing after it.
    virtual void OnEnd() = 0;
};

/// The server's end of one WebSocket after its upgrade: frames, pings, the end. Used on the I/O
/// thread only.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
public:
    using Steady = Output::Steady;

    /// `shared` outlives it.
    WebSocket(Socket socket, WebSocketOptions options, WebSocketShared& shared);

    /// Sends `response`, then reads, beginning with `early`, which came behind the request.
    void Start(std::weak_ptr<WebSocketListener> listener, std::string_view response,
               std::string early);

    Output& output() { return *output_; }
    Socket::executor_type get_executor() { return output_->socket().get_executor(); }

    /// For a message that is not answered: a client that gathers its writes (Nagle) sends no more
    /// until it has an acknowledgement.
    void AcknowledgeNow() { output_->socket().AcknowledgeNow(); }
    /// Reads nothing more until Resume.
    void Pause() { paused_ = true; }
    void Resume();
    /// Says goodbye, and ends once the client has answered, or after two seconds.
    void Close(CloseCode code, std::string_view why = {});
    /// Ends at once, because the client takes too long for what it asked for.
    void Drop();
    /// Whether it ended because the client read too slowly.
    bool dropped() const { return dropped_ || output_->overflowed(); }
    /// Closed or about to be: what is sent now no longer arrives.
    bool closing() const { return closing_ || ended_; }

    /// To be called about every second: pings the silent, ends the dead and the slow.
    void Tend(Steady::time_point now);

private:
    void AwaitBytes();
    void Read();
    bool Consume(std::string_view bytes);
    void Take(FrameReader::Incoming incoming);
    void AnswerClose(std::string_view payload);
    void End();

    WebSocketShared& shared_;
    const WebSocketOptions options_;
    std::shared_ptr<Output> output_;
    FrameReader reader_;
    std::weak_ptr<WebSocketListener> listener_;
    std::string kept_;  ///< Bytes that came before Pause took hold.
    Steady::time_point last_heard_ = Steady::now();
    Steady::time_point closing_since_{};
    std::optional<Steady::time_point> pinged_at_;
    bool paused_ = false;
    bool closing_ = false;  ///< Our close frame is on its way or there.
    bool deaf_ = false;     ///< What still comes is thrown away.
    bool ended_ = false;
    bool dropped_ = false;
    bool waiting_ = false;  ///< For the socket to become readable.
};

}  // namespace berth::relay
