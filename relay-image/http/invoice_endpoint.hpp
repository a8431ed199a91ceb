#pragma once

#include <boost/asio/io_context.hpp>

#include "relay-image/http/call_proofs.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/payment/invoices.hpp"
#include "relay-image/session/session.hpp"
#include "relay-image/transport/rate_limiter.hpp"

namespace berth::relay {

/// `/payments/invoice`. POST makes a Lightning invoice: JSON {`pubkey`, `amount_msat`}, both
/// optional; the key is that of the call's NIP-98 proof unless `pubkey` names another, which anyone
/// may pay for; the amount is what the key owes unless it is given. A form {`pubkey`, `amount_sat`}
/// leads on to the invoice's page. GET with `?hash=` tells how far an invoice has come, as JSON
/// with CORS or as a page for browsers. Errors are JSON {`error`, `reason`}, or a page. Limited by
/// address and in all. Used on the I/O thread only.
class InvoiceEndpoint {
public:
    /// All outlive it.
    InvoiceEndpoint(boost::asio::io_context& io, const SessionContext& sessions,
                    Invoices& invoices);
    /// It outlives the routes.
    void AddTo(Routes& routes);

private:
    boost::asio::awaitable<Answer> Make(const HttpCall& call);
    Result<InvoiceWish> Read(const HttpCall& call);
    Answer Show(const HttpCall& call);
    Result<void> TakeToken(const HttpCall& call, bool makes);
    std::string RelayName() const;

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    Invoices& invoices_;
    CallProofs proofs_;
    RateLimiter makers_;
    RateLimiter readers_;
    RateLimiter all_{1};
};

}  // namespace berth::relay
