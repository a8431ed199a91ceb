#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "relay-image/http/html.hpp"
#include "relay-image/payment/invoices.hpp"

namespace berth::relay {

/// An invoice as JSON: `payment_hash`, `state` (open, settled, expired) and, where they are known,
/// `pubkey`, `payment_request`, `amount_msat`, `paid_msat`, `expires_at` (Unix seconds).
std::string InvoiceDocument(const InvoiceView& invoice);

/// The same for browsers: the text to pay, a link for wallets, and how far it has come, which its
/// script keeps up to date and reloading does where no script runs.
HtmlPage InvoiceHtml(const std::string& relay_name, const InvoiceView& invoice);
/// Why there is no invoice.
HtmlPage InvoiceErrorHtml(const std::string& relay_name, const Error& error);

/// How to ask for an invoice, for programs: where, between which amounts, and at which node.
boost::json::object LightningDocument(const Invoices& invoices);
/// The form that asks for an invoice, for the payments page.
std::string InvoiceForm(const InvoiceSettings& settings);

}  // namespace berth::relay
