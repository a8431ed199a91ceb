#pragma once

#include <boost/asio/io_context.hpp>

#include "akash/sandbox/node/network.hpp"

namespace berth::sandbox {

/// Makes blocks and answers the sandbox's programs over HTTP, all on the thread that runs `io`.
class NodeServer {
public:
    /// Listens at once. Throws boost::system::system_error if the address is taken.
    NodeServer(boost::asio::io_context& io, Network& network, const std::string& host, int port);

    int port() const { return port_; }

private:
    boost::asio::io_context& io_;
    Network& network_;
    int port_ = 0;
};

}  // namespace berth::sandbox
