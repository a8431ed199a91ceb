#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "marketplace/rpc/dispatcher.hpp"
#include "marketplace/rpc/grpc_service.hpp"

namespace berth::rpc {

/// Names of the contract's services: every RPC of them has to have a handler.
std::vector<std::string> ServiceNames();

/// The marketplace over gRPC, with health and reflection. Which of gRPC's interfaces serves it is
/// known to grpc_service.cpp and server.cpp only.
class Server {
public:
    struct Options {
        std::string address = "127.0.0.1:0";  ///< Host and port; port 0 picks a free one.
        std::string certificate;              ///< PEM chain; empty for plaintext.
        Secret key;                           ///< PEM.
        bool insecure = false;                ///< Allows plaintext beyond loopback.
        CallLimits limits;
        std::vector<std::string> services = ServiceNames();
    };
    struct Parts {
        Dispatcher& dispatcher;
        WorkPool& pool;
        Subscribe subscribe;
        std::function<bool()> healthy;  ///< Asked every few seconds; may block.
    };

    /// Serves once this returns. `methods` and what `parts` names must outlive the server.
    /// Throws std::runtime_error if the address cannot be served so, std::logic_error if an RPC has
    /// no handler.
    Server(Options options, const std::vector<Method>& methods, Parts parts);
    ~Server();

    /// Where it serves, with the port that was picked.
    const std::string& address() const;
    /// Tells health clients to go elsewhere, ends streams, lets running calls finish until
    /// `deadline`, then cuts them. Idempotent.
    void Drain(Deadline deadline);

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace berth::rpc
