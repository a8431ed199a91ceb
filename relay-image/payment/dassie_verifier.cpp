#include "relay-image/payment/dassie_verifier.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/strict_json.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr auto kVerify = "payment.verifyPaymentClaim";
constexpr std::int64_t kExactMax = (std::int64_t{1} << 53) - 1;  ///< JavaScript's safe integers.
constexpr int kForeignMax = 16;  ///< Messages that answer nothing of ours, before giving up.

Error Unavailable(std::string message)
{
    return Fail(ErrorCode::kUnavailable, "DASSIE_UNAVAILABLE", std::move(message));
}

std::string TextOf(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// Whether a message answers request `id`.
bool Answers(const json::object& message, std::uint64_t id)
{
    const auto* value = message.if_contains("id");
    return value && value->is_int64() && std::cmp_equal(value->get_int64(), id);
}

/// The word of the node about a claim, where `result` is one.
Result<void> ReadVerdict(const json::object& message)
{
    if (const auto* error = message.if_contains("error"); error && error->is_object()) {
        return Unavailable("the node refuses the call: " + TextOf(error->get_object(), "message"));
    }
    const auto* result = message.if_contains("result");
    const auto* valid =
        result && result->is_object() ? result->get_object().if_contains("valid") : nullptr;
    if (!valid || !valid->is_bool()) return Unavailable("the node's answer is no verdict");
    if (valid->get_bool()) return {};
    const auto reason = TextOf(result->get_object(), "reason");
    if (reason == "ledger-error" || reason == "payment-verification-unavailable") {
        return Unavailable("the node cannot verify now: " + reason);
    }
    return Fail(ErrorCode::kPrecondition, "CLAIM_REFUSED",
                "the claim is refused: " + (reason.empty() ? "no reason given" : reason));
}

}  // namespace

Result<std::unique_ptr<DassieVerifier>> DassieVerifier::Make(Options options)
{
    auto url = probe::ParseUrl(options.url);
    if (!url) return url.error();
    return std::unique_ptr<DassieVerifier>{new DassieVerifier{std::move(options), std::move(*url)}};
}

DassieVerifier::DassieVerifier(Options options, probe::Url url)
    : options_{std::move(options)}, url_{std::move(url)}
{
}

Result<void> DassieVerifier::Connect(Deadline deadline)
{
    if (socket_) return {};
    auto address =
        options_.route.connect_address.empty() ? url_.host : options_.route.connect_address;
    if (options_.route.resolver) {
        const auto found = options_.route.resolver->Resolve(url_.host, deadline);
        if (!found) return found.error();
        address = found->addresses.empty() ? address : found->addresses.front();
    }
    auto socket = probe::WebSocketClient::Connect(
        {.host = url_.host,
         .port = url_.port,
         .tls = url_.tls,
         .connect_address = address,
         .connect_port = options_.route.connect_port,
         .ca_file = options_.route.ca_file},
        url_.target, {{"Authorization", "Bearer " + options_.token.Expose()}}, deadline);
    if (!socket) return Unavailable(socket.error().message);
    socket_ = std::move(*socket);
    return {};
}

/// Sends one request and waits for its answer. The connection is given up after any fault, so that
/// a late answer is never taken for another's.
Result<std::string> DassieVerifier::Ask(const std::string& request, Deadline deadline)
{
    if (const auto connected = Connect(deadline); !connected) return connected.error();
    const auto sent = socket_->Send(request, deadline);
    if (!sent) {
        socket_.reset();
        return Unavailable(sent.error().message);
    }
    auto received = socket_->Receive(deadline);
    if (!received) {
        socket_.reset();
        return Unavailable(received.error().message);
    }
    return received;
}

Result<money::Amount> DassieVerifier::Verify(const ClaimToVerify& claim, Deadline deadline)
{
    const auto& tag = claim.tag;
    const auto amount = tag.cumulative.ToInt64();
    if (!amount || *amount > kExactMax || std::cmp_greater(tag.nonce, kExactMax)) {
        return Fail(ErrorCode::kInvalid, "AMOUNT_TOO_LARGE", "the node counts in 53 bits");
    }
    const std::unique_lock lock{mutex_, deadline.at()};
    if (!lock) return Fail(ErrorCode::kTimeout, "DASSIE_BUSY", "the node is busy");
    const bool fresh = !socket_;
    const auto id = ++last_id_;
    const auto request =
        json::serialize(json::object{{"jsonrpc", "2.0"},
                                     {"id", id},
                                     {"method", kVerify},
                                     {"params", json::object{{"channelId", tag.channel_id},
                                                             {"amountSats", *amount},
                                                             {"nonce", tag.nonce},
                                                             {"signature", tag.signature},
                                                             {"currency", tag.currency}}}});
    auto answer = Ask(request, deadline);
    // A connection that the node closed while it was idle: the request never arrived.
    if (!answer && !fresh) answer = Ask(request, deadline);
    for (int foreign = 0; answer && foreign < kForeignMax; ++foreign) {
        const auto message = ParseJsonStrict(*answer);
        if (!message || !message->is_object()) break;
        if (Answers(message->get_object(), id)) {
            const auto verdict = ReadVerdict(message->get_object());
            if (!verdict) return verdict.error();
            return claim.accepted;
        }
        answer = socket_->Receive(deadline);
    }
    socket_.reset();
    if (!answer) return answer.error();
    return Unavailable("the node does not answer as it should");
}

Result<PaymentTerms> DassieVerifier::Check(Deadline deadline)
{
    const std::unique_lock lock{mutex_, deadline.at()};
    if (!lock) return Fail(ErrorCode::kTimeout, "DASSIE_BUSY", "the node is busy");
    if (const auto connected = Connect(deadline); !connected) return connected.error();
    return PaymentTerms{};
}

}  // namespace berth::relay
