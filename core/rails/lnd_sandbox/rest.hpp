#pragma once

#include <chrono>
#include <string>

#include <boost/json/object.hpp>

#include "core/rails/lnd_sandbox/node.hpp"

namespace berth::rails::lnd_sandbox {

/// One HTTP request to the node.
struct RestCall {
    std::string method;
    std::string target;
    std::string macaroon;  ///< Of the header `Grpc-Metadata-macaroon`, hex.
    std::string body;
};

/// What it is answered with.
struct RestAnswer {
    int status = 200;
    std::string body;
    bool cut_off = false;  ///< The connection is closed instead.
};

/// LND's REST proxy: `POST /v1/invoices`, `GET /v1/invoice/{hash}`, `GET /v1/getinfo`,
/// `POST /v2/invoices/cancel`, `POST /v1/channels/transactions` (pays an invoice of its own), each
/// with the macaroon. Beside it stand the commands of the sandbox, without a macaroon:
/// `/sandbox/pay` {payment_hash, amt_msat, hold}, `/sandbox/settle` {payment_hash},
/// `/sandbox/forget` {payment_hash}, `/sandbox/advance_time` {seconds}, and `/sandbox/fault`
/// {fault, times, milliseconds}, of which `fault` is
///   down     the connection is closed, nothing is done;
///   lost     it is done, and the connection closed before the answer;
///   slow     it is done `milliseconds` later;
///   garbage  it is done, and the answer is no JSON;
///   error    a proxy's 500, nothing is done;
///   locked   LND's answer while its wallet is locked;
///   starting its proxy's answer while the node does not serve yet;
///   none     all is well.
/// Not thread-safe.
class Rest {
public:
    /// `node` outlives it; `macaroon` in hex.
    Rest(Node& node, std::string macaroon) : node_{node}, macaroon_{std::move(macaroon)} {}

    /// How long to wait before answering; to be asked once for each call.
    std::chrono::milliseconds TakeDelay(const RestCall& call);
    RestAnswer Answer(const RestCall& call);

private:
    RestAnswer Serve(const RestCall& call);
    RestAnswer Command(const RestCall& call);
    RestAnswer SetFault(const boost::json::object& asked);
    std::string TakeFault();

    Node& node_;
    const std::string macaroon_;
    std::string fault_ = "none";
    std::int64_t fault_times_ = 0;
    std::chrono::milliseconds fault_delay_{0};
};

}  // namespace berth::rails::lnd_sandbox
