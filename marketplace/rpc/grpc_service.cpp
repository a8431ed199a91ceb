#include "marketplace/rpc/grpc_service.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/rpc/status.hpp"

namespace berth::rpc {
namespace {

constexpr std::size_t kTraceBytes = 16;

std::string ReadBytes(const grpc::ByteBuffer& buffer)
{
    grpc::Slice slice;
    if (!buffer.DumpToSingleSlice(&slice).ok()) return {};
    return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

grpc::ByteBuffer WriteBytes(const Message& message)
{
    const grpc::Slice slice{message.SerializeAsString()};
    return {&slice, 1};
}

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* name)
{
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find(name);
    if (found == metadata.end()) return {};
    return {found->second.data(), found->second.size()};
}

/// The trace id of a W3C `traceparent`, or a fresh one.
std::string TraceOf(const grpc::CallbackServerContext& context)
{
    const auto parent = MetadataOf(context, "traceparent");
    if (parent.size() == 55 && parent.starts_with("00-") && IsLowerHex(parent.substr(3, 32), 32)) {
        return parent.substr(3, 32);
    }
    return ToHex(RandomBytes(kTraceBytes));
}

Deadline DeadlineOf(const grpc::CallbackServerContext& context, std::chrono::milliseconds most)
{
    const auto left = context.deadline() - std::chrono::system_clock::now();
    return Deadline::After(
        std::min(most, std::chrono::duration_cast<std::chrono::milliseconds>(left)));
}

/// One RPC of a service.
struct Served {
    const Method& method;
    const std::string& path;
    GrpcService::State& state;
};

Arrived Arrive(const Served& served, grpc::CallbackServerContext& context,
               const grpc::ByteBuffer& request, std::chrono::milliseconds most)
{
    const auto authority = context.ExperimentalGetAuthority();
    return {.method = &served.method,
            .path = served.path,
            .authority = {authority.data(), authority.size()},
            .authorization = MetadataOf(context, "authorization"),
            .body = ReadBytes(request),
            .deadline = DeadlineOf(context, most),
            .trace = TraceOf(context),
            .abandoned = [&context, &state = served.state] {
                return state.draining || context.IsCancelled();
            }};
}

grpc::ServerUnaryReactor* ServeUnary(const Served& served, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response)
{
    auto* reactor = context->DefaultReactor();
    auto arrived = Arrive(served, *context, *request, served.state.limits.unary);
    auto trace = arrived.trace;
    served.state.dispatcher.Run(std::move(arrived), [reactor, response, trace = std::move(trace)](
                                                        Result<MessagePtr> result) {
        if (!result) return reactor->Finish(ToStatus(result.error(), trace));
        *response = WriteBytes(**result);
        reactor->Finish(grpc::Status::OK);
    });
    return reactor;
}

/// Writes a feed to its caller: pull, write all, wait to be woken, pull again. Exactly one of these
/// is under way at a time, so nothing here needs a lock.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public std::enable_shared_from_this<StreamCall> {
public:
    explicit StreamCall(GrpcService::State& state) : state_{state} { ++state_.streams; }
    ~StreamCall() override { --state_.streams; }

    void Begin(Arrived arrived)
    {
        self_ = shared_from_this();
        turns_ = std::make_shared<Turns>(state_.pool, [watched = weak_from_this()] {
            if (const auto self = watched.lock()) self->Pull();
        });
        path_ = arrived.path;
        trace_ = arrived.trace;
        deadline_ = arrived.deadline;
        if (state_.streams > state_.limits.streams_max) {
            return End(
                Fail(ErrorCode::kExhausted, "TOO_MANY_STREAMS", "Too many streams are open."));
        }
        state_.dispatcher.Open(std::move(arrived),
                               [self = shared_from_this()](Dispatcher::Opened opened) {
                                   if (!opened) return self->End(opened.error());
                                   self->Listen(std::move(*opened));
                               });
    }

    void OnWriteDone(bool ok) override
    {
        if (!ok) return Finish(grpc::Status::CANCELLED);
        WriteNext();
    }
    void OnCancel() override
    {
        cancelled_ = true;
        turns_->Wake();
    }
    void OnDone() override { self_.reset(); }

private:
    void End(const Error& error) { Finish(ToStatus(error, trace_)); }

    void Listen(std::unique_ptr<call::Feed<MessagePtr>> feed)
    {
        feed_ = std::move(feed);
        subscription_ = state_.subscribe(feed_->Topic(), [turns = turns_] { turns->Wake(); });
        Pull();
    }

    void Pull()
    {
        if (cancelled_) return Finish(grpc::Status::CANCELLED);
        if (state_.draining) {
            return End(Fail(ErrorCode::kUnavailable, "SERVER_DRAINING",
                            "The server goes down; resume the stream."));
        }
        if (deadline_.Passed()) {
            return End(Fail(ErrorCode::kTimeout, "DEADLINE_EXCEEDED", "Resume the stream."));
        }
        try {
            auto pulled = feed_->Pull(deadline_);
            if (!pulled) return End(state_.dispatcher.Shown(pulled.error(), path_, trace_));
            part_ = std::move(*pulled);
        } catch (const std::exception& thrown) {
            return End(state_.dispatcher.Shown(
                Fail(ErrorCode::kInternal, "EXCEPTION", thrown.what()), path_, trace_));
        }
        next_ = 0;
        WriteNext();
    }

    void WriteNext()
    {
        if (next_ < part_.messages.size()) {
            buffer_ = WriteBytes(*part_.messages[next_++]);
            return StartWrite(&buffer_);
        }
        if (part_.last) return Finish(grpc::Status::OK);
        if (!part_.messages.empty()) turns_->Wake();  // There may be more at once.
        turns_->Rest();
    }

    GrpcService::State& state_;
    std::shared_ptr<StreamCall> self_;  ///< Alive until gRPC is done with it.
    std::atomic<bool> cancelled_ = false;
    std::string path_;
    std::string trace_;
    Deadline deadline_ = Deadline::max();
    std::unique_ptr<call::Feed<MessagePtr>> feed_;
    std::shared_ptr<Turns> turns_;
    std::shared_ptr<void> subscription_;
    call::Feed<MessagePtr>::Part part_;
    std::size_t next_ = 0;
    grpc::ByteBuffer buffer_;
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeStream(const Served& served,
                                                        grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request)
{
    const auto call = std::make_shared<StreamCall>(served.state);
    call->Begin(Arrive(served, *context, *request, served.state.limits.stream));
    return call.get();
}

const Method& RowOf(const google::protobuf::MethodDescriptor& method,
                    const std::vector<Method>& methods)
{
    const auto row = std::find_if(methods.begin(), methods.end(), [&](const Method& candidate) {
        return candidate.request->GetDescriptor() == method.input_type();
    });
    if (row == methods.end()) {
        throw std::logic_error("no handler for " + method.full_name());
    }
    if (method.client_streaming() ||
        method.server_streaming() != std::holds_alternative<Streaming>(row->run)) {
        throw std::logic_error("a handler of another kind for " + method.full_name());
    }
    return *row;
}

}  // namespace

GrpcService::GrpcService(const google::protobuf::ServiceDescriptor& service,
                         const std::vector<Method>& methods, State& state)
{
    using grpc::internal::RpcMethod;
    using Buffer = grpc::ByteBuffer;
    for (int i = 0; i < service.method_count(); ++i) {
        const auto& method = *service.method(i);
        const auto& path = paths_.emplace_back("/" + service.full_name() + "/" + method.name());
        const Served served{RowOf(method, methods), path, state};
        const auto type =
            method.server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
        AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), type, nullptr));
        if (method.server_streaming()) {
            MarkMethodRawCallback(
                i, new grpc::internal::CallbackServerStreamingHandler<Buffer, Buffer>(
                       [served](grpc::CallbackServerContext* context, const Buffer* request) {
                           return ServeStream(served, context, request);
                       }));
        } else {
            MarkMethodRawCallback(i, new grpc::internal::CallbackUnaryHandler<Buffer, Buffer>(
                                         [served](grpc::CallbackServerContext* context,
                                                  const Buffer* request, Buffer* response) {
                                             return ServeUnary(served, context, request, response);
                                         }));
        }
    }
}

}  // namespace berth::rpc
