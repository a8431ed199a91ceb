#include "tests/integration/access/raw_client.hpp"

#include <chrono>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::test {
namespace {

/// The outcome of the one operation that is under way.
bool Next(grpc::CompletionQueue& queue)
{
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
}

std::string ReasonOf(const grpc::Status& status)
{
    google::rpc::Status rich;
    google::rpc::ErrorInfo info;
    if (!rich.ParseFromString(status.error_details())) return {};
    for (const auto& detail : rich.details()) {
        if (detail.UnpackTo(&info)) return info.reason();
    }
    return {};
}

}  // namespace

RawClient::RawClient(const std::string& address)
{
    grpc::ChannelArguments own_connection;
    own_connection.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ =
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own_connection);
}

RawAnswer RawClient::Call(const std::string& path, const std::string& body,
                          const Metadata& metadata, std::chrono::seconds limit) const
{
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + limit);
    for (const auto& [name, value] : metadata) {
        if (name == ":authority") {
            context.set_authority(value);
        } else {
            context.AddMetadata(name, value);
        }
    }
    grpc::GenericStub stub{channel_};
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(&context, path, &queue);
    const grpc::Slice slice{body};
    grpc::ByteBuffer received;
    RawAnswer answer;

    call->StartCall(nullptr);
    bool open = Next(queue);
    if (open) {
        call->WriteLast(grpc::ByteBuffer{&slice, 1}, {}, nullptr);
        open = Next(queue);
        call->Read(&received, nullptr);
        open = Next(queue);
    }
    if (open) context.TryCancel();  // A stream would go on.
    grpc::Slice bytes;
    if (open && received.DumpToSingleSlice(&bytes).ok()) {
        answer.body.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    }
    call->Finish(&answer.status, nullptr);
    Next(queue);
    if (open) answer.status = grpc::Status::OK;  // The cancellation is ours.
    answer.reason = ReasonOf(answer.status);
    queue.Shutdown();
    return answer;
}

}  // namespace berth::test
