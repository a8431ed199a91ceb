#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

namespace berth::test {

/// What one call came to: of a stream, its first message.
struct RawAnswer {
    grpc::Status status;
    std::string reason;  ///< Of google.rpc.ErrorInfo; empty where there is none.
    std::string body;

    bool ok() const { return status.ok(); }
};

/// Calls any RPC by its path, with bytes and metadata of one's own, over a connection that no other
/// client shares. Thread-safe.
class RawClient {
public:
    explicit RawClient(const std::string& address);

    using Metadata = std::map<std::string, std::string>;

    /// `:authority` among the metadata is the name that the server is called by.
    RawAnswer Call(const std::string& path, const std::string& body, const Metadata& metadata = {},
                   std::chrono::seconds limit = std::chrono::seconds{20}) const;

private:
    std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace berth::test
