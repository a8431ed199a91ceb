#include "relay-image/payment/lnd_node.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/encoding.hpp"
#include "relay-image/payment/lnd_answer.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kAnswerMax = 256 * 1024;

/// Errors after which the node may have read the request; after any other it has not.
constexpr std::array<std::string_view, 5> kMayHaveArrived{
    "READ_TIMED_OUT", "WRITE_TIMED_OUT", "CONNECTION_LOST", "BAD_HTTP_RESPONSE", "TOO_LARGE"};

Error AsAct(Error error)
{
    const bool unsure = std::ranges::find(kMayHaveArrived, error.reason) != kMayHaveArrived.end();
    error.code = unsure ? ErrorCode::kUnknown : ErrorCode::kUnavailable;
    return error;
}

/// A question changes nothing, so that it never ends unknown.
Error AsQuestion(Error error)
{
    if (error.code != ErrorCode::kTimeout) error.code = ErrorCode::kUnavailable;
    return error;
}

}  // namespace

Result<std::unique_ptr<LndNode>> LndNode::Make(Options options)
{
    while (options.url.ends_with('/')) options.url.pop_back();
    const auto url = probe::ParseUrl(options.url);
    if (!url || !options.url.starts_with("https://")) {
        return Fail(ErrorCode::kInvalid, "BAD_URL",
                    "LND's REST interface is at https://host:port.");
    }
    const auto& macaroon = options.macaroon.Expose();
    if (macaroon.empty() || !FromHex(macaroon)) {
        return Fail(ErrorCode::kInvalid, "BAD_MACAROON",
                    "A macaroon is written in hex, as `lncli bakemacaroon` prints it.");
    }
    options.route.ca_file = options.ca_file;
    options.route.body_limit = kAnswerMax;
    return std::unique_ptr<LndNode>{new LndNode{std::move(options)}};
}

Result<probe::HttpResponse> LndNode::Ask(const std::string& method, const std::string& path,
                                         std::string body, Deadline deadline) const
{
    return probe::Fetch({.method = method,
                         .url = options_.url + path,
                         .headers = {{"Grpc-Metadata-macaroon", options_.macaroon.Expose()},
                                     {"Content-Type", "application/json"}},
                         .body = std::move(body)},
                        options_.route, deadline);
}

Result<std::string> LndNode::MakeInvoice(const InvoiceToMake& invoice, Deadline deadline)
{
    const auto answer =
        Ask("POST", "/v1/invoices", LndInvoiceRequest(invoice, options_.is_private), deadline);
    if (!answer) return AsAct(answer.error());
    return ReadLndAddInvoice(*answer, invoice.PaymentHash());
}

Result<NodeInvoice> LndNode::Look(const std::string& payment_hash, Deadline deadline)
{
    const auto answer = Ask("GET", "/v1/invoice/" + payment_hash, "", deadline);
    if (!answer) return AsQuestion(answer.error());
    auto invoice = ReadLndInvoice(*answer, payment_hash);
    if (!invoice && invoice.error().code != ErrorCode::kNotFound) {
        return AsQuestion(invoice.error());
    }
    return invoice;
}

Result<NodeInformation> LndNode::Check(Deadline deadline)
{
    const auto answer = Ask("GET", "/v1/getinfo", "", deadline);
    if (!answer) return AsQuestion(answer.error());
    auto node = ReadLndInformation(*answer);
    if (!node) return AsQuestion(node.error());
    return node;
}

}  // namespace berth::relay
