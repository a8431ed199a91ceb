#include "relay-image/session/output.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr char kTextFrame = static_cast<char>(0x81);  // FIN and opcode 1.

void AppendFrameHead(std::string& out, std::size_t length)
{
    out += kTextFrame;
    int length_bytes = 0;
    if (length < 126) {
        out += static_cast<char>(length);
    } else if (length < 65536) {
        out += static_cast<char>(126);
        length_bytes = 2;
    } else {
        out += static_cast<char>(127);
        length_bytes = 8;
    }
    for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(length >> (8 * i) & 0xFF);
}

}  // namespace

Output::Output(Socket socket) : socket_{std::move(socket)} {}

void Output::Append(std::string_view bytes)
{
    waiting_ += bytes;
    ScheduleFlush();
}

void Output::AppendTextFrame(std::initializer_list<std::string_view> parts)
{
    std::size_t length = 0;
    for (const auto part : parts) length += part.size();
    AppendFrameHead(waiting_, length);
    for (const auto part : parts) waiting_ += part;
    ScheduleFlush();
}

Output::Steady::duration Output::Stalled(Steady::time_point now) const
{
    return leaving_.empty() ? Steady::duration{} : now - last_progress_;
}

void Output::ScheduleFlush()
{
    if (flush_scheduled_ || !leaving_.empty()) return;
    flush_scheduled_ = true;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->flush_scheduled_ = false;
        self->Flush();
    });
}

void Output::Flush()
{
    if (!leaving_.empty() || waiting_.empty()) return;
    leaving_.swap(waiting_);
    last_progress_ = Steady::now();
    Send(0);
}

void Output::Send(std::size_t from)
{
    const auto left = asio::buffer(leaving_.data() + from, leaving_.size() - from);
    socket_.async_write_some(left, [self = shared_from_this(), from](auto error, std::size_t sent) {
        self->last_progress_ = Steady::now();
        if (!error && from + sent < self->leaving_.size()) return self->Send(from + sent);
        self->leaving_ = {};
        if (error) {
            self->waiting_ = {};
            return;
        }
        self->Flush();
        if (self->pending() == 0 && self->drained_) self->drained_();
    });
}

}  // namespace berth::relay
