#pragma once

#include <deque>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/service_type.h>

#include "marketplace/rpc/dispatcher.hpp"
#include "marketplace/rpc/method.hpp"

namespace berth::rpc {

/// How long calls may take when the caller says nothing, or too much.
struct CallLimits {
    std::chrono::milliseconds unary{30'000};
    std::chrono::milliseconds stream{3'600'000};
    int streams_max = 1000;
};

/// A service of the contract over gRPC's callback interface, made from its descriptor: each of its
/// RPCs is served by the row whose request it takes. Requests stay bytes until the dispatcher reads
/// them, since NIP-98 signs the bytes that were sent.
class GrpcService final : public grpc::Service {
public:
    /// Throws std::logic_error if an RPC of the service has no row, or a row of another kind:
    /// `methods` and `state` must outlive the service.
    struct State {
        Dispatcher& dispatcher;
        WorkPool& pool;
        Subscribe subscribe;
        CallLimits limits;
        std::atomic<bool> draining = false;
        std::atomic<int> streams = 0;
    };

    GrpcService(const google::protobuf::ServiceDescriptor& service,
                const std::vector<Method>& methods, State& state);

private:
    std::deque<std::string> paths_;  ///< gRPC keeps pointers to them.
};

}  // namespace berth::rpc
