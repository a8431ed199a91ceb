#include "relay-image/payment/marketplace_verifier.hpp"

#include <grpcpp/grpcpp.h>

#include "berth/v1/relay_service.grpc.pb.h"
#include "core/base/file.hpp"
#include "core/nostr/http_auth.hpp"
#include "core/wire/grpc_error.hpp"

namespace berth::relay {
namespace {

constexpr auto kService = "/berth.v1.RelayService/";

/// What stands between the relay and its marketplace is not for the user to mend.
Error AsOurs(Error error)
{
    const bool ours = error.code == ErrorCode::kForbidden || error.reason == "ORDER_ENDED" ||
                      error.reason.starts_with("AUTH_") || error.reason == "NOT_AUTHENTICATED" ||
                      error.reason == "WRONG_NETWORK";
    if (ours) error.code = ErrorCode::kUnavailable;
    return error;
}

}  // namespace

struct MarketplaceVerifier::State {
    /// Calls `method`, whose stub is `call`.
    template <typename Request, typename Response>
    Result<Response> Call(const char* method,
                          grpc::Status (v1::RelayService::Stub::*call)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                          const Request& request, Deadline deadline) const
    {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + deadline.Left());
        const auto body = request.SerializeAsString();
        const nostr::HttpRequestToAuthorize signed_call{
            .url = "grpc://" + address + kService + method, .method = "POST", .body = body};
        context.AddMetadata("authorization", nostr::MakeHttpAuth(signed_call, key, clock.Now()));
        Response response;
        const auto status = (stub.get()->*call)(&context, request, &response);
        if (!status.ok()) return AsOurs(wire::ToError(status));
        return response;
    }

    Result<v1::GetRelayResponse> GetRelay(Deadline deadline) const
    {
        return Call("GetRelay", &v1::RelayService::Stub::GetRelay, v1::GetRelayRequest{}, deadline);
    }

    std::string address;
    nostr::SecretKey key;
    const Clock& clock;
    std::unique_ptr<v1::RelayService::Stub> stub;
};

MarketplaceVerifier::MarketplaceVerifier(std::unique_ptr<State> state) : state_{std::move(state)} {}
MarketplaceVerifier::~MarketplaceVerifier() = default;

Result<std::unique_ptr<MarketplaceVerifier>> MarketplaceVerifier::Make(Options options,
                                                                       nostr::SecretKey key,
                                                                       const Clock& clock)
{
    auto credentials = grpc::InsecureChannelCredentials();
    if (!options.plaintext) {
        grpc::SslCredentialsOptions tls;
        if (!options.ca_file.empty()) {
            auto roots = ReadFile(options.ca_file);
            if (!roots) return roots.error();
            tls.pem_root_certs = std::move(*roots);
        }
        credentials = grpc::SslCredentials(tls);
    }
    auto stub = v1::RelayService::NewStub(grpc::CreateChannel(options.address, credentials));
    return std::unique_ptr<MarketplaceVerifier>{
        new MarketplaceVerifier{std::make_unique<State>(State{.address = options.address,
                                                              .key = std::move(key),
                                                              .clock = clock,
                                                              .stub = std::move(stub)})}};
}

Result<money::Amount> MarketplaceVerifier::Verify(const ClaimToVerify& claim, Deadline deadline)
{
    v1::VerifyPaymentRequest request;
    request.set_currency(claim.tag.currency);
    request.set_channel_id(claim.tag.channel_id);
    request.set_cumulative(claim.tag.cumulative.ToString());
    request.set_nonce(claim.tag.nonce);
    request.set_signature(claim.tag.signature);
    request.set_author(claim.author);
    request.set_event_id(claim.event_id);
    const auto verified =
        state_->Call("VerifyPayment", &v1::RelayService::Stub::VerifyPayment, request, deadline);
    if (!verified) return verified.error();
    const auto before = money::Amount::Parse(verified->accepted_before());
    if (!before) {
        return Fail(ErrorCode::kUnavailable, "MARKETPLACE_ERROR",
                    "the marketplace's answer is none");
    }
    return *before;
}

Result<PaymentTerms> MarketplaceVerifier::Check(Deadline deadline)
{
    const auto answer = state_->GetRelay(deadline);
    if (!answer) return answer.error();
    const auto& relay = answer->relay();
    return PaymentTerms{.network = relay.network(),
                        .payee = relay.payee(),
                        .destination_tag = std::to_string(relay.destination_tag()),
                        .min_settle_delay = relay.min_settle_delay_seconds()};
}

Result<std::optional<Time>> MarketplaceVerifier::PaidThrough(Deadline deadline)
{
    const auto answer = state_->GetRelay(deadline);
    if (!answer) return answer.error();
    const auto micros = answer->relay().paid_through();
    return micros > 0 ? std::optional{Time{std::chrono::microseconds{micros}}} : std::nullopt;
}

Result<void> MarketplaceVerifier::Report(const std::string& asset, money::Amount received,
                                         Deadline deadline)
{
    v1::ReportRevenueRequest request;
    request.set_asset(asset);
    request.set_received(received.ToString());
    const auto reported =
        state_->Call("ReportRevenue", &v1::RelayService::Stub::ReportRevenue, request, deadline);
    if (!reported) return reported.error();
    return {};
}

}  // namespace berth::relay
