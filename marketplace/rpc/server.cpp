#include "marketplace/rpc/server.hpp"

#include <stdexcept>

#include <absl/synchronization/mutex.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "grpc/health/v1/health.pb.h"

namespace berth::rpc {
namespace {

using namespace std::chrono_literals;

constexpr int kMessageBytesMax = 4 * 1024 * 1024;
constexpr int kMetadataBytesMax = 32 * 1024;
constexpr int kStreamsPerConnectionMax = 1000;
constexpr std::chrono::milliseconds kKeepalive = 60s;
constexpr std::chrono::milliseconds kKeepaliveAnswer = 20s;
constexpr std::chrono::milliseconds kLeastBetweenPings = 10s;
constexpr auto kHealthPeriod = 2s;

std::string HostOf(const std::string& address) { return address.substr(0, address.rfind(':')); }

bool IsLoopback(const std::string& host)
{
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const Server::Options& options)
{
    if (options.certificate.empty()) {
        if (!options.insecure && !IsLoopback(HostOf(options.address))) {
            throw std::runtime_error("refusing to serve " + options.address +
                                     " without TLS: set tls.certificate_file and tls.key_file");
        }
        return grpc::InsecureServerCredentials();
    }
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({options.key.Expose(), options.certificate});
    return grpc::SslServerCredentials(tls);
}

/// Debian's abseil looks for deadlocks at every lock that gRPC takes, under one lock for all
/// threads: 3 % of the time of an order, and its mutexes are not ours to order.
void ForgoLockGraph() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

void SetLimits(grpc::ServerBuilder& builder)
{
    builder.SetMaxReceiveMessageSize(kMessageBytesMax);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // A second server must fail to start.
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(kKeepalive.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                               static_cast<int>(kKeepaliveAnswer.count()));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               static_cast<int>(kLeastBetweenPings.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    // Only reflection is served by the synchronous interface.
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
}

/// Health and reflection are plugins that a process switches on once.
void SwitchPluginsOn()
{
    static const bool once = [] {
        grpc::EnableDefaultHealthCheckService(true);
        grpc::reflection::InitProtoReflectionServerBuilderPlugin();
        // Named so that it is linked: reflection describes what it finds in the program.
        return grpc::health::v1::HealthCheckRequest::descriptor() != nullptr;
    }();
    static_cast<void>(once);
}

}  // namespace

std::vector<std::string> ServiceNames()
{
    return {"berth.v1.OrderService",    "berth.v1.PaymentService", "berth.v1.WorkerService",
            "berth.v1.OperatorService", "berth.v1.FinanceService", "berth.v1.RelayService"};
}

struct Server::Running {
    Running(Parts given, const Options& options)
        : parts{std::move(given)},
          state{parts.dispatcher, parts.pool, parts.subscribe, options.limits},
          names{options.services}
    {
    }

    void SetServing(bool serving)
    {
        if (serving && state.draining) return;
        if (was_serving.exchange(serving) == serving) return;
        auto* health = server->GetHealthCheckService();
        health->SetServingStatus(serving);  // All that are known, and "".
        for (const auto& name : names) health->SetServingStatus(name, serving);
    }

    Parts parts;
    GrpcService::State state;
    const std::vector<std::string> names;
    std::vector<std::unique_ptr<GrpcService>> services;
    std::unique_ptr<grpc::Server> server;
    std::string address;
    std::atomic<bool> was_serving = true;
};

Server::Server(Options options, const std::vector<Method>& methods, Parts parts)
    : running_{std::make_unique<Running>(std::move(parts), options)}
{
    SwitchPluginsOn();
    ForgoLockGraph();
    grpc::ServerBuilder builder;
    SetLimits(builder);
    int port = 0;
    builder.AddListeningPort(options.address, CredentialsOf(options), &port);
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    for (const auto& name : running_->names) {
        const auto* service = pool->FindServiceByName(name);
        if (!service) throw std::logic_error("no descriptor of " + name);
        auto& made = running_->services.emplace_back(
            std::make_unique<GrpcService>(*service, methods, running_->state));
        builder.RegisterService(made.get());
    }
    running_->server = builder.BuildAndStart();
    if (!running_->server || port == 0) {
        throw std::runtime_error("cannot listen on " + options.address + "; is the port in use?");
    }
    running_->address = HostOf(options.address) + ":" + std::to_string(port);
    running_->SetServing(false);
    running_->SetServing(running_->parts.healthy());
    running_->parts.pool.Repeat(kHealthPeriod, [running = running_.get()] {
        running->SetServing(running->parts.healthy());
    });
}

Server::~Server() { Drain(Deadline::After(1s)); }

const std::string& Server::address() const { return running_->address; }

void Server::Drain(Deadline deadline)
{
    if (running_->state.draining.exchange(true)) return;
    running_->SetServing(false);
    running_->server->Shutdown(std::chrono::system_clock::now() + deadline.Left());
    running_->server->Wait();
    running_->parts.pool.Stop();
}

}  // namespace berth::rpc
