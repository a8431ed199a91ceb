#include "marketplace/rpc/dispatcher.hpp"

#include <exception>
#include <type_traits>
#include <utility>

#include "core/nostr/event.hpp"

namespace berth::rpc {
namespace {

Error Late()
{
    return Fail(ErrorCode::kTimeout, "DEADLINE_EXCEEDED",
                "The call's time was over before its turn.");
}

Error Busy()
{
    return Fail(ErrorCode::kExhausted, "SERVER_BUSY", "Too many calls wait; try again soon.");
}

/// The value of the request's `event` field, of those requests that are signed.
std::string EventOf(const Message& request)
{
    const auto* field = request.GetDescriptor()->FindFieldByName("event");
    if (!field || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) return {};
    return request.GetReflection()->GetString(request, field);
}

}  // namespace

/// A call on its way. `refuse` answers it with an error, whatever its kind.
struct Dispatcher::Pending {
    Arrived arrived;
    MessagePtr request;
    call::Answer<MessagePtr> answer;
    std::function<void(Opened)> opened;
    std::atomic<bool> answered = false;
    const Dispatcher* dispatcher = nullptr;

    // Of a call that waits.
    call::Call call;
    Deadline until = Deadline::max();
    std::shared_ptr<Turns> turns;
    std::shared_ptr<void> subscription;
    std::shared_ptr<Pending> self;  ///< Alive until it is answered.

    /// Passes the first answer on; a handler that throws after it answered changes nothing.
    void Answer(Result<MessagePtr> result)
    {
        if (!result) return Refuse(result.error());
        if (answered.exchange(true)) return;
        const auto last = std::exchange(self, nullptr);
        answer(std::move(result));
    }
    void Answer(Opened stream)
    {
        if (!stream) return Refuse(stream.error());
        if (!answered.exchange(true)) opened(std::move(stream));
    }
    void Refuse(Error error)
    {
        if (answered.exchange(true)) return;
        const auto last = std::exchange(self, nullptr);
        error = dispatcher->Shown(std::move(error), arrived.path, arrived.trace);
        if (opened) return opened(std::move(error));
        answer(std::move(error));
    }

    /// Runs a piece of a handler so that no exception leaves it.
    template <typename Piece>
    void Guard(Piece piece)
    {
        try {
            piece();
        } catch (const std::exception& thrown) {
            Refuse(Fail(ErrorCode::kInternal, "EXCEPTION", thrown.what()));
        }
    }
};

void Dispatcher::Run(Arrived arrived, call::Answer<MessagePtr> answer)
{
    const auto pending = std::make_shared<Pending>();
    pending->arrived = std::move(arrived);
    pending->dispatcher = this;
    const bool is_signed = pending->arrived.method->access == Access::kSignedEvent;
    if (is_signed) {
        pending->answer = [this, watched = std::weak_ptr{pending},
                           answer = std::move(answer)](Result<MessagePtr> result) {
            if (const auto call = watched.lock(); call && !result) Audit(*call, result.error());
            answer(std::move(result));
        };
    } else {
        pending->answer = std::move(answer);
    }
    pending->Guard([&] { Carry(pending); });
}

void Dispatcher::Open(Arrived arrived, std::function<void(Opened)> opened)
{
    const auto pending = std::make_shared<Pending>();
    pending->arrived = std::move(arrived);
    pending->dispatcher = this;
    pending->opened = std::move(opened);
    pending->Guard([&] { Carry(pending); });
}

Error Dispatcher::Shown(Error error, const std::string& path, const std::string& trace) const
{
    if (error.code != ErrorCode::kInternal) return error;
    context_.log.Error(
        "call failed",
        {{"rpc", path}, {"trace", trace}, {"reason", error.reason}, {"what", error.message}});
    return Fail(ErrorCode::kInternal, "INTERNAL", "The marketplace failed; it is logged.");
}

void Dispatcher::Carry(const std::shared_ptr<Pending>& pending)
{
    const auto& method = *pending->arrived.method;
    pending->request.reset(method.request->New());
    if (!pending->request->ParseFromString(pending->arrived.body)) {
        return pending->Refuse(
            Fail(ErrorCode::kInvalid, "BAD_REQUEST", "The request is not what this method takes."));
    }
    const auto* deferred = std::get_if<Deferred>(&method.run);
    if (deferred && !deferred->blocks && method.access == Access::kSignedEvent) {
        return Defer(pending, CallOf(pending->arrived, {}));
    }
    Admit(pending, [this, pending](const call::Call& call) {
        std::visit(
            [&](const auto& run) {
                using Kind = std::decay_t<decltype(run)>;
                if constexpr (std::is_same_v<Kind, Unary>) {
                    pending->Answer(run(call, *pending->request));
                } else if constexpr (std::is_same_v<Kind, Streaming>) {
                    pending->Answer(run(call, *pending->request));
                } else if constexpr (std::is_same_v<Kind, Deferred>) {
                    Defer(pending, call);
                } else if constexpr (std::is_same_v<Kind, Waiting>) {
                    Wait(pending, call);
                }
            },
            pending->arrived.method->run);
    });
}

void Dispatcher::Defer(const std::shared_ptr<Pending>& pending, const call::Call& call)
{
    std::get<Deferred>(pending->arrived.method->run)
        .run(call, *pending->request,
             [pending](Result<MessagePtr> result) { pending->Answer(std::move(result)); });
}

call::Call Dispatcher::CallOf(const Arrived& arrived, Caller caller) const
{
    call::Call call;
    call.caller = std::move(caller.pubkey);
    call.roles = std::move(caller.roles);
    call.now = context_.clock.Now();
    call.deadline = arrived.deadline;
    call.trace = arrived.trace;
    return call;
}

void Dispatcher::Wait(const std::shared_ptr<Pending>& pending, const call::Call& call)
{
    const auto& waiting = std::get<Waiting>(pending->arrived.method->run);
    pending->call = call;
    pending->until = call.deadline.AtMost(waiting.wait(*pending->request));
    pending->self = pending;
    pending->turns =
        std::make_shared<Turns>(context_.pool, [this, watched = std::weak_ptr{pending}] {
            if (const auto one = watched.lock()) one->Guard([&] { Ask(*one); });
        });
    pending->subscription =
        context_.subscribe(waiting.topic(call), [turns = pending->turns] { turns->Wake(); });
    Ask(*pending);
}

void Dispatcher::Ask(Pending& pending)
{
    if (pending.answered) return;
    if (pending.arrived.abandoned()) {
        return pending.Refuse(
            Fail(ErrorCode::kUnavailable, "SERVER_DRAINING", "The server goes down; call again."));
    }
    const auto& waiting = std::get<Waiting>(pending.arrived.method->run);
    pending.call.now = context_.clock.Now();
    auto result = waiting.ask(pending.call, *pending.request);
    if (!result || waiting.done(**result) || pending.until.Passed()) {
        return pending.Answer(std::move(result));
    }
    pending.turns->Rest();
}

void Dispatcher::Admit(const std::shared_ptr<Pending>& pending, Admitted admitted)
{
    const bool posted = context_.pool.TryPost([this, pending, admitted = std::move(admitted)] {
        pending->Guard([&] {
            const auto& arrived = pending->arrived;
            if (arrived.deadline.Passed()) return pending->Refuse(Late());
            const Credentials shown{.authorization = arrived.authorization,
                                    .authority = arrived.authority,
                                    .path = arrived.path,
                                    .body = arrived.body};
            auto caller =
                context_.authentication.Admit(arrived.method->access, shown, context_.clock.Now());
            if (!caller) return pending->Refuse(caller.error());
            admitted(CallOf(arrived, std::move(*caller)));
        });
    });
    if (!posted) pending->Refuse(Busy());
}

void Dispatcher::Audit(const Pending& pending, const Error& error)
{
    boost::json::object line{
        {"rpc", pending.arrived.path}, {"reason", error.reason}, {"trace", pending.arrived.trace}};
    if (pending.request) {
        if (const auto event = nostr::ParseEvent(EventOf(*pending.request))) {
            line["event"] = event->id;
            line["pubkey"] = event->pubkey;
        }
    }
    context_.log.Warning("signed request refused", std::move(line));
}

}  // namespace berth::rpc
