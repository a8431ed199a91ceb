#pragma once

#include "relay-image/http/call_proofs.hpp"
#include "relay-image/http/payment_page.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// `/payments`: fees, how to pay, and to who proves his key by NIP-98 his balance; a page for
/// browsers, JSON with CORS for all others. Used on the I/O thread only.
class PaymentEndpoint {
public:
    /// `sessions` outlives it.
    explicit PaymentEndpoint(const SessionContext& sessions);
    /// It outlives the routes.
    void AddTo(Routes& routes);

private:
    Answer Respond(const HttpCall& call);
    PaymentPage Page() const;
    AccountView ViewOf(const std::string& pubkey) const;

    const SessionContext& sessions_;
    CallProofs proofs_;
};

}  // namespace berth::relay
