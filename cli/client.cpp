#include "cli/client.hpp"

#include "core/base/file.hpp"
#include "core/nostr/http_auth.hpp"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::cli {
namespace {

/// `/berth.v1.Service/Method` of a request: each request message belongs to one RPC.
std::string PathOf(const google::protobuf::Message& request)
{
    const auto* file = request.GetDescriptor()->file();
    for (int s = 0; s < file->service_count(); ++s) {
        const auto* service = file->service(s);
        for (int m = 0; m < service->method_count(); ++m) {
            if (service->method(m)->input_type() == request.GetDescriptor()) {
                return "/" + service->full_name() + "/" + service->method(m)->name();
            }
        }
    }
    return "";
}

ErrorCode CodeOf(grpc::StatusCode code)
{
    switch (code) {
        case grpc::StatusCode::INVALID_ARGUMENT:
        case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::kInvalid;
        case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kUnauthenticated;
        case grpc::StatusCode::PERMISSION_DENIED: return ErrorCode::kForbidden;
        case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
        case grpc::StatusCode::ALREADY_EXISTS: return ErrorCode::kConflict;
        case grpc::StatusCode::FAILED_PRECONDITION:
        case grpc::StatusCode::ABORTED:
        case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::kPrecondition;
        case grpc::StatusCode::RESOURCE_EXHAUSTED: return ErrorCode::kExhausted;
        case grpc::StatusCode::UNAVAILABLE: return ErrorCode::kUnavailable;
        case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kTimeout;
        case grpc::StatusCode::CANCELLED:
        case grpc::StatusCode::UNKNOWN: return ErrorCode::kUnknown;
        default: return ErrorCode::kInternal;
    }
}

}  // namespace

Result<std::unique_ptr<Client>> Client::Connect(Options options,
                                                std::optional<nostr::SecretKey> key)
{
    auto credentials = grpc::InsecureChannelCredentials();
    if (!options.plaintext) {
        grpc::SslCredentialsOptions tls;
        if (!options.ca_file.empty()) {
            const auto roots = ReadFile(options.ca_file);
            if (!roots) return roots.error();
            tls.pem_root_certs = *roots;
        }
        credentials = grpc::SslCredentials(tls);
    }
    auto channel = grpc::CreateChannel(options.address, credentials);
    return std::unique_ptr<Client>{
        new Client{std::move(options), std::move(key), std::move(channel)}};
}

Client::Client(Options options, std::optional<nostr::SecretKey> key,
               std::shared_ptr<grpc::Channel> channel)
    : options_{std::move(options)},
      key_{std::move(key)},
      stubs_{v1::OrderService::NewStub(channel), v1::PaymentService::NewStub(channel),
             v1::OperatorService::NewStub(channel), v1::FinanceService::NewStub(channel)}
{
}

void Client::Prepare(grpc::ClientContext& context, const google::protobuf::Message& request,
                     std::chrono::seconds limit) const
{
    context.set_deadline(std::chrono::system_clock::now() + limit);
    if (!key_) return;
    const auto body = request.SerializeAsString();
    const nostr::HttpRequestToAuthorize call{
        .url = "grpc://" + options_.address + PathOf(request), .method = "POST", .body = body};
    context.AddMetadata("authorization", nostr::MakeHttpAuth(call, *key_, SystemClock{}.Now()));
}

Error Client::ToError(const grpc::Status& status)
{
    Error error{CodeOf(status.error_code()), "", status.error_message()};
    google::rpc::Status details;
    if (details.ParseFromString(status.error_details())) {
        for (const auto& detail : details.details()) {
            google::rpc::ErrorInfo info;
            if (detail.UnpackTo(&info)) error.reason = info.reason();
        }
    }
    if (error.reason.empty()) {
        error.reason =
            error.code == ErrorCode::kUnavailable ? "MARKETPLACE_UNAVAILABLE" : "NO_REASON";
    }
    return error;
}

}  // namespace berth::cli
