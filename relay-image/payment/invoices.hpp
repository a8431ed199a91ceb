#pragma once

#include "relay-image/payment/invoice_watch.hpp"

namespace berth::relay {

/// Lightning invoices by which keys pay the relay's owner. Thread-safe.
class Invoices {
public:
    /// `paywall`, `clock` and `log` outlive it; `paywall` is enabled.
    Invoices(InvoiceSettings settings, LightningNode& node, Paywall& paywall, const Clock& clock,
             Log& log);
    ~Invoices() { Stop(); }
    /// Ends its threads. What is open is looked at by whoever opens the accounts next.
    void Stop();

    /// While another process takes over, none are made; see InvoiceMaker.
    void Pause(bool is_paused) { maker_.Pause(is_paused); }
    /// Asks for an invoice; see InvoiceMaker.
    bool Submit(InvoiceWish wish, InvoiceMaker::Made made)
    {
        return maker_.Submit(std::move(wish), std::move(made));
    }
    /// Errors: kNotFound `INVOICE_NOT_FOUND`.
    Result<InvoiceView> Find(const std::string& payment_hash) const;

    /// How the node is.
    VerifierState state() const { return node_watch_.state(); }
    /// Where it takes payments; nothing until it answered.
    std::optional<PaymentTerms> terms() const { return node_watch_.terms(); }
    const InvoiceSettings& settings() const { return settings_; }

private:
    const InvoiceSettings settings_;
    const Paywall& paywall_;
    VerifierWatch node_watch_;
    InvoiceMaker maker_;
    InvoiceWatch watch_;
};

}  // namespace berth::relay
