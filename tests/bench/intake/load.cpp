#include "tests/bench/intake/load.hpp"

#include <algorithm>
#include <memory>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

namespace berth::bench {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kPath = "/berth.v1.OrderService/PlaceOrder";
constexpr auto kCallLimit = 20s;

/// One call under way.
struct Call {
    const SignedOrder* order = nullptr;
    Steady::time_point sent;
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

class Sender {
public:
    explicit Sender(const LoadOptions& options)
    {
        for (int i = 0; i < options.connections; ++i) {
            grpc::ChannelArguments arguments;
            arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
            stubs_.push_back(std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
                options.address, grpc::InsecureChannelCredentials(), arguments)));
        }
    }

    void Start(const SignedOrder& order)
    {
        auto call = std::make_unique<Call>();
        call->order = &order;
        call->sent = Steady::now();
        call->context.set_deadline(std::chrono::system_clock::now() + kCallLimit);
        const grpc::Slice slice{order.request};
        const grpc::ByteBuffer request{&slice, 1};
        auto& stub = *stubs_[started_++ % stubs_.size()];
        call->reader = stub.PrepareUnaryCall(&call->context, kPath, request, &queue_);
        call->reader->StartCall();
        auto* const tag = call.release();  // Comes back from the queue.
        tag->reader->Finish(&tag->response, &tag->status, tag);
    }

    std::unique_ptr<Call> Next()
    {
        void* tag = nullptr;
        bool ok = false;
        queue_.Next(&tag, &ok);
        return std::unique_ptr<Call>{static_cast<Call*>(tag)};
    }

private:
    grpc::CompletionQueue queue_;
    std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
    std::size_t started_ = 0;
};

void Count(const Call& call, LoadResult& result)
{
    if (call.status.ok()) {
        result.acknowledged.push_back(call.order->event_id);
        result.latencies.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - call.sent));
        return;
    }
    if (result.refused++ == 0) result.first_refusal = call.status.error_message();
}

}  // namespace

double LoadResult::Quantile(double part) const
{
    if (latencies.empty()) return 0;
    auto sorted = latencies;
    std::sort(sorted.begin(), sorted.end());
    const auto last = static_cast<double>(sorted.size() - 1);
    return static_cast<double>(sorted[static_cast<std::size_t>(part * last)].count()) / 1000;
}

LoadResult Send(const std::vector<SignedOrder>& orders, const LoadOptions& options)
{
    LoadResult result;
    Sender sender{options};
    const auto begin = Steady::now();
    const auto first = std::min(orders.size(), static_cast<std::size_t>(options.in_flight));
    for (std::size_t i = 0; i < first; ++i) sender.Start(orders[i]);
    std::size_t started = first;
    for (std::size_t answered = 0; answered < orders.size(); ++answered) {
        Count(*sender.Next(), result);
        if (started < orders.size()) sender.Start(orders[started++]);
        if (answered == orders.size() / 2 && options.halfway) options.halfway();
    }
    result.elapsed = Steady::now() - begin;
    return result;
}

}  // namespace berth::bench
