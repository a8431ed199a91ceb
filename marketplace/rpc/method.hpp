#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/message.h>

#include "marketplace/call/call.hpp"
#include "marketplace/call/feed.hpp"

namespace berth::rpc {

using google::protobuf::Message;
using MessagePtr = std::unique_ptr<Message>;

/// What a caller has to show for a method. What he may see of it is the handler's to decide.
enum class Access {
    kAnybody,      ///< Nothing.
    kSignedEvent,  ///< Nothing but the request: the event in it is verified by the handler.
    kFreshKey,     ///< A key by NIP-98; a session token does not do.
    kKey,          ///< A key, by NIP-98 or by session token.
    kOperator,     ///< The key of a registered operator.
    kFinance,      ///< A key that the configuration names as finance.
    kAdmin,        ///< A key that the configuration names as admin.
};

/// May block; runs on the work pool.
using Unary = std::function<Result<MessagePtr>(const call::Call&, const Message&)>;
/// Answers later, from a group commit.
struct Deferred {
    std::function<void(const call::Call&, const Message&, call::Answer<MessagePtr>)> run;
    bool blocks = true;  ///< Else it runs on the thread that received the call.
};
/// Opens a stream; may block as its pulls may; runs on the work pool.
using Streaming = std::function<call::Opened<MessagePtr>(const call::Call&, const Message&)>;
/// A unary call that is asked again until it has something to say or its `wait` is over, so that
/// waiting holds no thread.
struct Waiting {
    Unary ask;
    std::function<std::string(const call::Call&)> topic;  ///< Of db::Notify: ask again at once.
    std::function<std::chrono::milliseconds(const Message& request)> wait;
    std::function<bool(const Message& response)> done;
};

/// One RPC: its request, who may call it and what carries it out. It is found by its request's
/// type, which buf's STANDARD rules keep unique to one RPC.
struct Method {
    Access access;
    const Message* request;  ///< The prototype.
    std::variant<Unary, Deferred, Streaming, Waiting> run;
};

/// A feed whose messages have lost their type.
template <typename Response>
class Untyped final : public call::Feed<MessagePtr> {
public:
    explicit Untyped(std::unique_ptr<call::Feed<Response>> feed) : feed_{std::move(feed)} {}

    std::string Topic() const override { return feed_->Topic(); }

    Result<Part> Pull(Deadline deadline) override
    {
        auto pulled = feed_->Pull(deadline);
        if (!pulled) return pulled.error();
        Part part;
        part.last = pulled->last;
        for (auto& message : pulled->messages) {
            part.messages.push_back(std::make_unique<Response>(std::move(message)));
        }
        return part;
    }

private:
    std::unique_ptr<call::Feed<Response>> feed_;
};

/// Takes the type off a result.
template <typename Response>
Result<MessagePtr> TakeTypeOff(Result<Response> result)
{
    if (!result) return result.error();
    return MessagePtr{std::make_unique<Response>(std::move(*result))};
}

/// Rows of the method table: the handler's signature says which kind of call it is. `handlers` must
/// outlive the row.
template <typename Handlers, typename Request, typename Response>
Method Route(Access access, Handlers& handlers,
             Result<Response> (Handlers::*run)(const call::Call&, const Request&))
{
    return {access, &Request::default_instance(),
            Unary{[&handlers, run](const call::Call& call, const Message& request) {
                return TakeTypeOff((handlers.*run)(call, static_cast<const Request&>(request)));
            }}};
}

/// A row of a call that answers later.
template <typename Handlers, typename Request, typename Response>
Method Route(Access access, Handlers& handlers,
             void (Handlers::*run)(const call::Call&, const Request&, call::Answer<Response>))
{
    return {access, &Request::default_instance(),
            Deferred{.run = [&handlers, run](const call::Call& call, const Message& request,
                                             call::Answer<MessagePtr> answer) {
                (handlers.*run)(call, static_cast<const Request&>(request),
                                [answer = std::move(answer)](Result<Response> result) {
                                    answer(TakeTypeOff(std::move(result)));
                                });
            }}};
}

/// A deferred row whose handler does not block: it runs on the thread that received the call.
inline Method Inline(Method row)
{
    std::get<Deferred>(row.run).blocks = false;
    return row;
}

/// A row of a stream.
template <typename Handlers, typename Request, typename Response>
Method Route(Access access, Handlers& handlers,
             call::Opened<Response> (Handlers::*run)(const call::Call&, const Request&))
{
    return {access, &Request::default_instance(),
            Streaming{[&handlers, run](const call::Call& call,
                                       const Message& request) -> call::Opened<MessagePtr> {
                auto opened = (handlers.*run)(call, static_cast<const Request&>(request));
                if (!opened) return opened.error();
                return std::unique_ptr<call::Feed<MessagePtr>>{
                    std::make_unique<Untyped<Response>>(std::move(*opened))};
            }}};
}

/// A call that waits for its answer to satisfy `done`, for as long as the request's `wait` says.
template <typename Request, typename Response>
struct Patience {
    std::string (*topic)(const call::Call&);
    std::chrono::milliseconds (*wait)(const Request&);
    bool (*done)(const Response&);
};
template <typename Handlers, typename Request, typename Response>
Method Route(Access access, Handlers& handlers,
             Result<Response> (Handlers::*run)(const call::Call&, const Request&),
             Patience<Request, Response> patience)
{
    auto row = Route(access, handlers, run);
    row.run = Waiting{.ask = std::get<Unary>(std::move(row.run)),
                      .topic = patience.topic,
                      .wait =
                          [patience](const Message& request) {
                              return patience.wait(static_cast<const Request&>(request));
                          },
                      .done =
                          [patience](const Message& response) {
                              return patience.done(static_cast<const Response&>(response));
                          }};
    return row;
}

}  // namespace berth::rpc
