// The part of Session that says what may be asked, and answers questions about what is stored:
// COUNT and reconciliations.
#include <boost/asio/post.hpp>

#include "relay-image/protocol/filter_memory.hpp"
#include "relay-image/protocol/relay_message.hpp"
#include "relay-image/protocol/visibility.hpp"
#include "relay-image/session/counting.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {
namespace {

constexpr int kMaxCounting = 8;  ///< On one connection; others want to read, too.

bool EndsSomething(const ClientMessage& message)
{
    return std::holds_alternative<CloseRequest>(message) ||
           std::holds_alternative<CloseSyncRequest>(message);
}

/// The answer to a message that is refused before it was looked at closely.
std::string RefusalOf(const ClientMessage& message, std::string_view why)
{
    if (const auto* subscribe = std::get_if<SubscribeRequest>(&message)) {
        return ClosedMessage(subscribe->subscription, why);
    }
    if (const auto* count = std::get_if<CountRequest>(&message)) {
        return ClosedMessage(count->query, why);
    }
    if (const auto* auth = std::get_if<AuthRequest>(&message)) {
        return OkMessage(auth->event.id, false, why);
    }
    if (const auto* open = std::get_if<OpenSyncRequest>(&message)) {
        return SyncErrorMessage(open->sync, why);
    }
    if (const auto* sync = std::get_if<ContinueSyncRequest>(&message)) {
        return SyncErrorMessage(sync->sync, why);
    }
    return NoticeMessage(why);
}

}  // namespace

/// Counts a message against the address's limit, and answers it if it is over.
bool Session::MayAsk(const ClientMessage& message)
{
    if (EndsSomething(message)) return true;
    const auto why = context_.throttle.WhyNotRequest(arrival_.address, Throttle::Steady::now());
    if (why.empty()) return true;
    Send(RefusalOf(message, why));
    return false;
}

Result<FilterRoom::Part> Session::RoomFor(const std::vector<Filter>& filters)
{
    const auto bytes = MemoryOf(filters);
    const auto most = context_.limits.max_filter_bytes;
    if (auto room = filter_room_.Take(bytes, most)) return room;
    return Fail(ErrorCode::kExhausted, "FILTERS_TOO_LARGE",
                "restricted: the filters of one connection take " + std::to_string(most) +
                    " bytes of memory at most, these would make " +
                    std::to_string(filter_room_.taken() + bytes));
}

std::string Session::WhyNotShow(std::vector<Filter>& filters) const
{
    auto why = context_.access.WhyNotRead(*authenticated_);
    return why.empty() ? NarrowToReader(filters, *authenticated_) : why;
}

void Session::Take(CountRequest request)
{
    const auto query = request.query;
    if (const auto why = WhyNotShow(request.filters); !why.empty()) {
        return Send(ClosedMessage(query, why));
    }
    auto room = RoomFor(request.filters);
    if (!room) return Send(ClosedMessage(query, room.error().message));
    auto job = [weak = weak_from_this(), executor = socket_->get_executor(),
                request = std::move(request), room = std::move(*room),
                now = ToUnixSeconds(context_.clock.Now())](EventStore& store) mutable {
        auto answer = AnswerCount(store, request, now);
        boost::asio::post(executor,
                          [weak, answer = std::move(answer), room = std::move(room)]() mutable {
                              room.reset();
                              const auto session = weak.lock();
                              if (!session) return;
                              --session->counting_;
                              session->Send(answer);
                          });
    };
    if (counting_ >= kMaxCounting) {
        return Send(ClosedMessage(query, "rate-limited: wait for the counts before this one"));
    }
    if (!context_.readers.Post(client(), std::move(job))) {
        return Send(ClosedMessage(query, "error: the relay is busy"));
    }
    ++counting_;
}

void Session::Take(OpenSyncRequest request)
{
    std::vector filters{std::move(request.filter)};
    if (const auto why = WhyNotShow(filters); !why.empty()) {
        return Send(SyncErrorMessage(request.sync, why));
    }
    auto room = RoomFor(filters);
    if (!room) return Send(SyncErrorMessage(request.sync, room.error().message));
    request.filter = std::move(filters.front());
    OpenSyncs().Take(std::move(request), std::move(*room), ToUnixSeconds(context_.clock.Now()));
}

void Session::Take(ContinueSyncRequest request) { OpenSyncs().Take(std::move(request)); }

void Session::Take(const CloseSyncRequest& request)
{
    if (syncs_) syncs_->Take(request);
}

void Session::Tend(WebSocket::Steady::time_point now)
{
    socket_->Tend(now);
    if (syncs_) syncs_->CloseIdle(now);
}

Syncs& Session::OpenSyncs()
{
    if (!syncs_) {
        syncs_ = std::make_shared<Syncs>(Syncs::Ports{
            .limits = context_.limits,
            .readers = context_.readers,
            .client = client(),
            .room = context_.sync_room,
            .executor = socket_->get_executor(),
            .send = [this](std::string_view message) { Send(message); },
        });
    }
    return *syncs_;
}

}  // namespace berth::relay
