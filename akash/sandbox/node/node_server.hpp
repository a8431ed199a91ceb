#pragma once

#include <boost/asio/io_context.hpp>

#include "akash/sandbox/node/network.hpp"
#include "core/http/server.hpp"

namespace berth::sandbox {

/// Makes blocks and answers the sandbox's programs over HTTP, all on the thread that runs `io`.
class NodeServer {
public:
    /// Listens at once. Throws std::runtime_error if the address is taken.
    NodeServer(boost::asio::io_context& io, Network& network, const std::string& host, int port);

    int port() const { return server_->port(); }

private:
    std::unique_ptr<http::Server> server_;
};

}  // namespace berth::sandbox
