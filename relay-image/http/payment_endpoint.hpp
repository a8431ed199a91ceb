#pragma once

#include <optional>

#include "relay-image/http/call_proofs.hpp"
#include "relay-image/http/invoice_endpoint.hpp"
#include "relay-image/http/payment_page.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// `/payments`: fees, how to pay, and to who proves his key by NIP-98 his balance; a page for
/// browsers, JSON with CORS for all others. With it comes `/payments/invoice` where there are
/// invoices. Used on the I/O thread only.
class PaymentEndpoint {
public:
    /// All outlive it; `invoices` is null where none are made.
    PaymentEndpoint(boost::asio::io_context& io, const SessionContext& sessions,
                    Invoices* invoices);
    /// It outlives the routes.
    void AddTo(Routes& routes);

private:
    Answer Respond(const HttpCall& call);
    PaymentPage Page() const;
    AccountView ViewOf(const std::string& pubkey) const;

    const SessionContext& sessions_;
    const Invoices* const invoices_;
    CallProofs proofs_;
    std::optional<InvoiceEndpoint> invoice_pages_;
};

}  // namespace berth::relay
