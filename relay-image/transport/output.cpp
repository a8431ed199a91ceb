#include "relay-image/transport/output.hpp"

#include <boost/asio/post.hpp>

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kCompressFrom = 256;  ///< Shorter messages leave as they are.
constexpr std::size_t kFlushAt = 64 << 10;  ///< What waits until the turn ends.

}  // namespace

Output::Output(Socket socket, std::size_t max_pending, std::shared_ptr<OutputRoom> room)
    : socket_{std::move(socket)}, max_pending_{max_pending}, room_{std::move(room)}
{
}

Output::~Output() { room_->Change(counted_, 0); }

void Output::Append(std::string_view bytes)
{
    if (shutting_down_ || failed_) return;
    waiting_ += bytes;
    OnAppended();
}

void Output::AppendTextFrame(std::initializer_list<std::string_view> parts)
{
    if (shutting_down_ || failed_) return;
    std::size_t length = 0;
    for (const auto part : parts) length += part.size();
    if (compressor_ && length >= kCompressFrom) {
        std::string whole;
        for (const auto part : parts) whole += part;
        return AppendCompressed(compressor_->Deflate(whole));
    }
    AppendFrameHead(waiting_, Opcode::kText, length);
    for (const auto part : parts) waiting_ += part;
    OnAppended();
}

void Output::AppendEventFrame(std::string_view head, std::string_view json)
{
    if (!compressor_ || shutting_down_ || failed_) return AppendTextFrame({head, json, "]"});
    AppendCompressed(compressor_->DeflateShared(head, std::string{json}.append("]")));
}

void Output::AppendCompressed(const std::string& payload)
{
    AppendFrameHead(waiting_, Opcode::kText, payload.size(), true);
    waiting_ += payload;
    OnAppended();
}

void Output::ShutdownAfterAll()
{
    shutting_down_ = true;
    OnAppended();
}

Output::Steady::duration Output::Stalled(Steady::time_point now) const
{
    return leaving_.empty() ? Steady::duration{} : now - last_progress_;
}

void Output::OnAppended()
{
    Count();
    if (leaving_.empty() && waiting_.size() >= kFlushAt) Flush();
    const bool blocked = !leaving_.empty();
    if (blocked && pending() > most()) {
        overflowed_ = true;
        return Fail();
    }
    if (blocked || std::exchange(flush_scheduled_, true)) return;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->flush_scheduled_ = false;
        self->appended_ = 0;
        self->Flush();
        self->TellIfDrained();
    });
}

void Output::Count()
{
    const auto now = pending();
    if (now > counted_) appended_ += now - counted_;
    room_->Change(counted_, now);
    counted_ = now;
}

void Output::Flush()
{
    if (!leaving_.empty() || failed_) return;
    if (waiting_.empty()) {
        if (shutting_down_) socket_.ShutdownSend();
        return;
    }
    leaving_.swap(waiting_);
    last_progress_ = Steady::now();
    Send();
}

void Output::Send()
{
    while (sent_ < leaving_.size()) {
        Socket::ErrorCode error;
        sent_ += socket_.TryWrite(std::string_view{leaving_}.substr(sent_), error);
        Count();
        if (error == asio::error::would_block) {
            return socket_.WaitToWrite([self = shared_from_this()](Socket::ErrorCode waited) {
                self->last_progress_ = Steady::now();
                if (waited) return self->Fail();
                if (self->failed_) return;
                self->appended_ = 0;
                self->Send();
                self->TellIfDrained();
            });
        }
        if (error) return Fail();
    }
    leaving_ = {};
    sent_ = 0;
    Flush();
}

void Output::TellIfDrained()
{
    if (!failed_ && pending() == 0 && drained_) drained_();
}

void Output::Fail()
{
    if (std::exchange(failed_, true)) return;
    waiting_ = {};
    leaving_ = {};
    sent_ = 0;
    Count();
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->on_failed_) self->on_failed_();
    });
}

}  // namespace berth::relay
