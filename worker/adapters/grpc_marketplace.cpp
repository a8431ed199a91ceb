#include "worker/adapters/grpc_marketplace.hpp"

#include <mutex>
#include <optional>

#include <grpcpp/grpcpp.h>

#include "berth/v1/finance_service.grpc.pb.h"
#include "berth/v1/worker_service.grpc.pb.h"
#include "core/base/file.hpp"
#include "core/nostr/http_auth.hpp"
#include "core/wire/grpc_error.hpp"

namespace berth::worker {
namespace {

constexpr auto kCreateSession = "/berth.v1.FinanceService/CreateSession";
constexpr std::chrono::milliseconds kConnect{500};
constexpr std::chrono::microseconds kRenewBefore = std::chrono::minutes{5};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const MarketplaceSettings& settings)
{
    if (settings.plaintext) return grpc::InsecureChannelCredentials();
    grpc::SslCredentialsOptions tls;
    if (!settings.ca_file.empty()) tls.pem_root_certs = ReadFile(settings.ca_file).value();
    return grpc::SslCredentials(tls);
}

std::shared_ptr<grpc::Channel> ChannelTo(const MarketplaceSettings& settings)
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
    return grpc::CreateCustomChannel(settings.address, CredentialsOf(settings), arguments);
}

void SetDeadline(grpc::ClientContext& context, Deadline deadline)
{
    context.set_deadline(std::chrono::system_clock::now() + deadline.Left());
}

/// A call without a connection fails at once, and gRPC takes the steps to a new one while somebody
/// waits, or else every five seconds: three of them for TLS.
void LetConnect(grpc::Channel& channel, Deadline deadline)
{
    channel.WaitForConnected(std::chrono::system_clock::now() + deadline.AtMost(kConnect).Left());
}

}  // namespace

struct GrpcMarketplace::Session {
    Session(const MarketplaceSettings& settings, nostr::SecretKey own, const Clock& time)
        : address{settings.address},
          key{std::move(own)},
          clock{time},
          channel{ChannelTo(settings)},
          worker{v1::WorkerService::NewStub(channel)},
          finance{v1::FinanceService::NewStub(channel)}
    {
    }

    Result<std::string> Token(Deadline deadline)
    {
        const std::scoped_lock lock{mutex};
        if (!token.empty() && clock.Now() + kRenewBefore < expires) return token;
        const v1::CreateSessionRequest request;
        const auto body = request.SerializeAsString();
        const nostr::HttpRequestToAuthorize call{
            .url = "grpc://" + address + kCreateSession, .method = "POST", .body = body};
        grpc::ClientContext context;
        SetDeadline(context, deadline);
        context.AddMetadata("authorization", nostr::MakeHttpAuth(call, key, clock.Now()));
        v1::CreateSessionResponse response;
        const auto status = finance->CreateSession(&context, request, &response);
        if (!status.ok()) return wire::ToError(status);
        token = response.token();
        expires = Time{std::chrono::microseconds{response.expires_at()}};
        return token;
    }

    void Forget(const std::string& refused)
    {
        const std::scoped_lock lock{mutex};
        if (token == refused) token.clear();
    }

    /// Calls once, and once more with a new session where the old one was refused: a refused call
    /// had no effect.
    template <typename Request, typename Response>
    Result<Response> Call(grpc::Status (v1::WorkerService::Stub::*method)(grpc::ClientContext*,
                                                                          const Request&,
                                                                          Response*),
                          const Request& request, Deadline deadline)
    {
        LetConnect(*channel, deadline);
        for (bool last : {false, true}) {
            const auto bearer = Token(deadline);
            if (!bearer) return bearer.error();
            grpc::ClientContext context;
            SetDeadline(context, deadline);
            context.AddMetadata("authorization", "Bearer " + *bearer);
            Response response;
            const auto status = (worker.get()->*method)(&context, request, &response);
            if (status.ok()) return response;
            if (last || status.error_code() != grpc::StatusCode::UNAUTHENTICATED) {
                return wire::ToError(status);
            }
            Forget(*bearer);
        }
        return Fail(ErrorCode::kInternal, "UNREACHABLE", "A call is made twice at most.");
    }

    const std::string address;
    const nostr::SecretKey key;
    const Clock& clock;
    const std::shared_ptr<grpc::Channel> channel;
    const std::unique_ptr<v1::WorkerService::Stub> worker;
    const std::unique_ptr<v1::FinanceService::Stub> finance;
    std::mutex mutex;
    std::string token;
    Time expires{};
};

GrpcMarketplace::GrpcMarketplace(const MarketplaceSettings& settings, nostr::SecretKey key,
                                 const Clock& clock)
    : session_{std::make_unique<Session>(settings, std::move(key), clock)}
{
}

GrpcMarketplace::~GrpcMarketplace() = default;

Result<v1::RegisterWorkerResponse> GrpcMarketplace::Register(
    const v1::RegisterWorkerRequest& request, Deadline deadline)
{
    return session_->Call(&v1::WorkerService::Stub::RegisterWorker, request, deadline);
}

Result<v1::AcquireJobsResponse> GrpcMarketplace::Acquire(const v1::AcquireJobsRequest& request,
                                                         Deadline deadline)
{
    return session_->Call(&v1::WorkerService::Stub::AcquireJobs, request, deadline);
}

Result<v1::HeartbeatResponse> GrpcMarketplace::Heartbeat(const v1::HeartbeatRequest& request,
                                                         Deadline deadline)
{
    return session_->Call(&v1::WorkerService::Stub::Heartbeat, request, deadline);
}

Result<v1::RecordStepsResponse> GrpcMarketplace::Record(const v1::RecordStepsRequest& request,
                                                        Deadline deadline)
{
    return session_->Call(&v1::WorkerService::Stub::RecordSteps, request, deadline);
}

Result<v1::ReportWalletsResponse> GrpcMarketplace::ReportWallets(
    const v1::ReportWalletsRequest& request, Deadline deadline)
{
    return session_->Call(&v1::WorkerService::Stub::ReportWallets, request, deadline);
}

}  // namespace berth::worker
