#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/secret.hpp"
#include "core/probe/http_client.hpp"
#include "core/probe/websocket_client.hpp"
#include "relay-image/payment/payment_verifier.hpp"

namespace berth::relay {

/// Verifies claims by a Dassie node: JSON-RPC 2.0 over one WebSocket, `payment.verifyPaymentClaim`,
/// the token as `Authorization: Bearer` of the upgrade. The node looks at each claim alone; that a
/// claim grows is for the caller to see. Questions are asked one after the other.
class DassieVerifier final : public PaymentVerifier {
public:
    struct Options {
        std::string url;  ///< `ws://` or `wss://`.
        Secret token;
        probe::HttpRoute route{};
    };

    /// Errors: kInvalid `BAD_URL`.
    static Result<std::unique_ptr<DassieVerifier>> Make(Options options);

    /// Errors: kInvalid `AMOUNT_TOO_LARGE` (the node counts in 53 bits); kPrecondition
    /// `CLAIM_REFUSED` with the node's word; kUnavailable `DASSIE_UNAVAILABLE`; kTimeout.
    Result<money::Amount> Verify(const ClaimToVerify& claim, Deadline deadline) override;
    /// Whether the node takes the connection and the token. It does not say where to pay.
    Result<PaymentTerms> Check(Deadline deadline) override;

private:
    DassieVerifier(Options options, probe::Url url);

    Result<void> Connect(Deadline deadline);
    Result<std::string> Ask(const std::string& request, Deadline deadline);

    const Options options_;
    const probe::Url url_;
    std::timed_mutex mutex_;  ///< Guards the two below.
    std::unique_ptr<probe::WebSocketClient> socket_;
    std::uint64_t last_id_ = 0;
};

}  // namespace berth::relay
