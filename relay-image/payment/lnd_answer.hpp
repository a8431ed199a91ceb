#pragma once

#include <string>
#include <string_view>

#include "core/probe/http_client.hpp"
#include "relay-image/payment/lightning_node.hpp"

namespace berth::relay {

/// What LND's REST proxy says (lnrpc/lightning.swagger.json): numbers of 64 bits are text, bytes
/// are base64, and whatever fails is `{"code": <gRPC>, "message": ...}`. Reading is an error of
/// kUnavailable `BAD_LND_ANSWER` for anything else. Pure.

/// The request for `POST /v1/invoices`. `is_private` adds route hints for unannounced channels.
std::string LndInvoiceRequest(const InvoiceToMake& invoice, bool is_private);

/// The BOLT 11 text of the answer to it. Errors also: those of LndRefusal; what is no answer to
/// this `payment_hash` is kUnknown.
Result<std::string> ReadLndAddInvoice(const probe::HttpResponse& response,
                                      const std::string& payment_hash);
/// An answer to `GET /v1/invoice/{hash}`. Errors also: those of LndRefusal.
Result<NodeInvoice> ReadLndInvoice(const probe::HttpResponse& response,
                                   const std::string& payment_hash);
/// An answer to `GET /v1/getinfo`. Errors also: those of LndRefusal.
Result<NodeInformation> ReadLndInformation(const probe::HttpResponse& response);

/// What a status other than 200 means: kNotFound `INVOICE_NOT_FOUND`; kConflict `INVOICE_EXISTS`;
/// kUnavailable `LND_NOT_AUTHORIZED` (macaroon) or `LND_REFUSED` (nothing was done); kUnknown
/// `LND_GAVE_UP` where it was interrupted or a proxy answered.
Error LndRefusal(const probe::HttpResponse& response);

/// Whether a text may be a payment request: `ln`, then BOLT 11's letters only.
bool IsPaymentRequest(std::string_view text);

}  // namespace berth::relay
