#include "relay-image/payment/invoices.hpp"

#include <algorithm>

namespace berth::relay {

Invoices::Invoices(InvoiceSettings settings, LightningNode& node, Paywall& paywall,
                   const Clock& clock, Log& log)
    : settings_{std::move(settings)},
      paywall_{paywall},
      maker_{{settings_, node, node_watch_, paywall, clock, log}},
      watch_{{settings_, node, node_watch_, paywall, clock, log}, maker_}
{
}

void Invoices::Stop()
{
    watch_.Stop();
    maker_.Stop();
}

Result<InvoiceView> Invoices::Find(const std::string& payment_hash) const
{
    const auto pubkey = paywall_.FindInvoice(payment_hash);
    const auto account = pubkey ? paywall_.Find(*pubkey) : PaymentAccount{};
    const auto open = account.invoices.find(payment_hash);
    if (open != account.invoices.end() && !open->second.request.empty()) {
        return InvoiceView{.payment_hash = payment_hash,
                           .pubkey = *pubkey,
                           .request = open->second.request,
                           .amount = open->second.amount,
                           .expires_at = open->second.expires_at};
    }
    const auto receipt =
        std::ranges::find(account.receipts, payment_hash, &SettledInvoice::payment_hash);
    if (receipt != account.receipts.end()) {
        return InvoiceView{.payment_hash = payment_hash,
                           .pubkey = *pubkey,
                           .amount = receipt->paid,
                           .paid = receipt->paid,
                           .state = InvoiceState::kSettled};
    }
    if (watch_.HasExpired(payment_hash)) {
        return InvoiceView{
            .payment_hash = payment_hash, .pubkey = {}, .state = InvoiceState::kExpired};
    }
    return Fail(ErrorCode::kNotFound, "INVOICE_NOT_FOUND",
                "no such invoice is open or was paid lately");
}

}  // namespace berth::relay
