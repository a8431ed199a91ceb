#include "relay-image/transport/output.hpp"

#include <boost/asio/post.hpp>

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kCompressFrom = 256;  ///< Shorter messages leave as they are.

}  // namespace

Output::Output(Socket socket, std::size_t max_pending)
    : socket_{std::move(socket)}, max_pending_{max_pending}
{
}

void Output::Append(std::string_view bytes)
{
    if (shutting_down_ || failed_) return;
    waiting_ += bytes;
    ScheduleFlush();
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
    ScheduleFlush();
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
    ScheduleFlush();
}

void Output::ShutdownAfterAll()
{
    shutting_down_ = true;
    ScheduleFlush();
}

Output::Steady::duration Output::Stalled(Steady::time_point now) const
{
    return leaving_.empty() ? Steady::duration{} : now - last_progress_;
}

void Output::ScheduleFlush()
{
    if (pending() > max_pending_) {
        overflowed_ = true;
        return Fail();
    }
    if (flush_scheduled_ || !leaving_.empty()) return;
    flush_scheduled_ = true;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->flush_scheduled_ = false;
        self->Flush();
    });
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
        if (error == asio::error::would_block) {
            return socket_.WaitToWrite([self = shared_from_this()](Socket::ErrorCode waited) {
                self->last_progress_ = Steady::now();
                if (waited) return self->Fail();
                if (!self->failed_) self->Send();
            });
        }
        if (error) return Fail();
    }
    leaving_ = {};
    sent_ = 0;
    Flush();
    if (pending() == 0 && drained_) drained_();
}

void Output::Fail()
{
    if (std::exchange(failed_, true)) return;
    waiting_ = {};
    leaving_ = {};
    sent_ = 0;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->on_failed_) self->on_failed_();
    });
}

}  // namespace berth::relay
