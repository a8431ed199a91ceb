#include "cli/client.hpp"

#include "core/base/file.hpp"
#include "core/nostr/http_auth.hpp"

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
             v1::OperatorService::NewStub(channel), v1::FinanceService::NewStub(channel),
             v1::RelayService::NewStub(channel)}
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

}  // namespace berth::cli
