#include "relay-image/payment/lnd_answer.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr int kOk = 200;
constexpr std::size_t kRequestMax = 4096;
constexpr std::size_t kMessageMax = 200;

/// Codes of gRPC that LND's REST proxy passes on.
enum GrpcCode : std::int64_t {
    kCancelled = 1,
    kDeadlineExceeded = 4,
    kPermissionDenied = 7,
    kAborted = 10,
    kInternalCode = 13,
    kUnavailableCode = 14,
    kUnauthenticatedCode = 16,
};

Error BadAnswer(std::string what, ErrorCode code = ErrorCode::kUnavailable)
{
    return Fail(code, "BAD_LND_ANSWER", "The node's answer is none: " + std::move(what) + ".");
}

std::optional<json::object> ReadObject(const std::string& body)
{
    const auto parsed = ParseJsonStrict(body);
    if (!parsed || !parsed->is_object()) return std::nullopt;
    return parsed->as_object();
}

std::string TextOf(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

std::optional<money::Amount> AmountOf(const json::object& object, std::string_view name)
{
    const auto amount = money::Amount::Parse(TextOf(object, name));
    if (!amount || !amount->ToInt64()) return std::nullopt;
    return *amount;
}

bool NamesHash(const json::object& object, const std::string& payment_hash)
{
    const auto bytes = FromBase64(TextOf(object, "r_hash"));
    return bytes && ToHex(*bytes) == payment_hash;
}

std::optional<NodeInvoiceState> ReadState(const std::string& text)
{
    if (text == "OPEN") return NodeInvoiceState::kOpen;
    if (text == "SETTLED") return NodeInvoiceState::kSettled;
    if (text == "CANCELED") return NodeInvoiceState::kCanceled;
    if (text == "ACCEPTED") return NodeInvoiceState::kAccepted;
    return std::nullopt;
}

bool Has(const std::string& message, std::string_view part)
{
    return message.find(part) != std::string::npos;
}

/// Most of LND's own errors have no code of their own: their text says what they are.
Error MeaningOf(std::int64_t code, const std::string& message)
{
    // No code is asked for: the proxy gives that of gRPC's NOT_FOUND also to paths that it does
    // not serve yet, while the node starts.
    if (Has(message, "unable to locate invoice") ||
        Has(message, "there are no existing invoices")) {
        return Fail(ErrorCode::kNotFound, "INVOICE_NOT_FOUND", "The node has no such invoice.");
    }
    if (Has(message, "invoice with payment hash already exists")) {
        return Fail(ErrorCode::kConflict, "INVOICE_EXISTS", "The node has this invoice already.");
    }
    if (code == kPermissionDenied || code == kUnauthenticatedCode || Has(message, "macaroon") ||
        Has(message, "permission denied") || Has(message, "verification failed")) {
        return Fail(ErrorCode::kUnavailable, "LND_NOT_AUTHORIZED",
                    "The node refuses the macaroon: " + message + ".");
    }
    if (code == kCancelled || code == kDeadlineExceeded || code == kAborted ||
        code == kInternalCode || code == kUnavailableCode) {
        return Fail(ErrorCode::kUnknown, "LND_GAVE_UP", "The node gave up: " + message + ".");
    }
    return Fail(ErrorCode::kUnavailable, "LND_REFUSED", "The node refuses: " + message + ".");
}

}  // namespace

bool IsPaymentRequest(std::string_view text)
{
    return text.starts_with("ln") && text.size() <= kRequestMax &&
           text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == text.npos;
}

std::string LndInvoiceRequest(const InvoiceToMake& invoice, bool is_private)
{
    return json::serialize(json::object{{"r_preimage", ToBase64(invoice.preimage.Expose())},
                                        {"value_msat", invoice.amount.ToString()},
                                        {"memo", invoice.memo},
                                        {"expiry", std::to_string(invoice.expiry.count())},
                                        {"private", is_private}});
}

Error LndRefusal(const probe::HttpResponse& response)
{
    const auto object = ReadObject(response.body);
    const auto* code = object ? object->if_contains("code") : nullptr;
    if (!code || !code->is_int64()) {
        return Fail(ErrorCode::kUnknown, "LND_GAVE_UP",
                    "The node's side answers " + std::to_string(response.status) + ".");
    }
    return MeaningOf(code->as_int64(), TextOf(*object, "message").substr(0, kMessageMax));
}

Result<std::string> ReadLndAddInvoice(const probe::HttpResponse& response,
                                      const std::string& payment_hash)
{
    if (response.status != kOk) return LndRefusal(response);
    const auto object = ReadObject(response.body);
    if (!object || !NamesHash(*object, payment_hash)) {
        return BadAnswer("it is not about this invoice", ErrorCode::kUnknown);
    }
    auto request = TextOf(*object, "payment_request");
    if (!IsPaymentRequest(request)) {
        return BadAnswer("no payment request", ErrorCode::kUnknown);
    }
    return request;
}

Result<NodeInvoice> ReadLndInvoice(const probe::HttpResponse& response,
                                   const std::string& payment_hash)
{
    if (response.status != kOk) return LndRefusal(response);
    const auto object = ReadObject(response.body);
    if (!object || !NamesHash(*object, payment_hash)) {
        return BadAnswer("it is not about this invoice");
    }
    const auto state = ReadState(TextOf(*object, "state"));
    const auto amount = AmountOf(*object, "value_msat");
    const auto paid = AmountOf(*object, "amt_paid_msat");
    if (!state || !amount || !paid) return BadAnswer("state or amounts are missing");
    NodeInvoice invoice{.state = *state,
                        .request = TextOf(*object, "payment_request"),
                        .amount = *amount,
                        .paid = *paid};
    if (!IsPaymentRequest(invoice.request)) return BadAnswer("no payment request");
    return invoice;
}

Result<NodeInformation> ReadLndInformation(const probe::HttpResponse& response)
{
    if (response.status != kOk) return LndRefusal(response);
    const auto object = ReadObject(response.body);
    if (!object) return BadAnswer("it is not JSON");
    NodeInformation node{.pubkey = TextOf(*object, "identity_pubkey"), .network = {}};
    const auto* chains = object->if_contains("chains");
    if (chains && chains->is_array() && !chains->as_array().empty() &&
        chains->as_array().front().is_object()) {
        node.network = TextOf(chains->as_array().front().as_object(), "network");
    }
    const auto* synced = object->if_contains("synced_to_chain");
    node.is_synced = synced && synced->is_bool() && synced->as_bool();
    if (!IsLowerHex(node.pubkey, 66)) return BadAnswer("no identity_pubkey");
    return node;
}

}  // namespace berth::relay
