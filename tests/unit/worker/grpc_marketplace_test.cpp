#include "worker/adapters/grpc_marketplace.hpp"

#include <deque>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "berth/v1/finance_service.grpc.pb.h"
#include "berth/v1/worker_service.grpc.pb.h"
#include "core/nostr/http_auth.hpp"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/fakes/fake_clock.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

std::string AuthorizationOf(const grpc::ServerContext& context)
{
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find("authorization");
    return found == metadata.end() ? "" : std::string{found->second.data(), found->second.size()};
}

grpc::Status Refusal(grpc::StatusCode code, const std::string& reason)
{
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    google::rpc::Status rich;
    rich.add_details()->PackFrom(info);
    return {code, "Refused.", rich.SerializeAsString()};
}

/// Hands out session-1, session-2, ...
class Sessions final : public v1::FinanceService::Service {
public:
    explicit Sessions(const Clock& clock) : clock_{clock} {}

    std::vector<std::string> shown;  ///< The authorisation of each call.
    std::chrono::microseconds lifetime = 1h;

    grpc::Status CreateSession(grpc::ServerContext* context, const v1::CreateSessionRequest*,
                               v1::CreateSessionResponse* response) override
    {
        shown.push_back(AuthorizationOf(*context));
        response->set_token("session-" + std::to_string(shown.size()));
        response->set_expires_at((clock_.Now() + lifetime).time_since_epoch().count());
        return grpc::Status::OK;
    }

private:
    const Clock& clock_;
};

/// Answers as the test has laid down, else well.
class Workers final : public v1::WorkerService::Service {
public:
    std::vector<std::string> shown;
    std::deque<grpc::Status> answers;
    bool silent = false;

    grpc::Status Heartbeat(grpc::ServerContext* context, const v1::HeartbeatRequest* request,
                           v1::HeartbeatResponse* response) override
    {
        shown.push_back(AuthorizationOf(*context));
        while (silent && !context->IsCancelled()) std::this_thread::yield();
        if (!answers.empty()) {
            auto answer = answers.front();
            answers.pop_front();
            return answer;
        }
        *response->mutable_lost() = request->leases();
        return grpc::Status::OK;
    }
};

class GrpcMarketplaceTest : public testing::Test {
protected:
    GrpcMarketplaceTest()
    {
        grpc::ServerBuilder builder;
        int port = 0;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
        builder.RegisterService(&sessions_);
        builder.RegisterService(&workers_);
        server_ = builder.BuildAndStart();
        address_ = "127.0.0.1:" + std::to_string(port);
        marketplace_ = std::make_unique<GrpcMarketplace>(
            MarketplaceSettings{.address = address_, .ca_file = {}, .plaintext = true}, key_,
            clock_);
    }
    Result<v1::HeartbeatResponse> Call(Deadline deadline = Deadline::After(10s))
    {
        v1::HeartbeatRequest request;
        request.set_worker("w1");
        request.add_leases()->set_job("jobs/1");
        return marketplace_->Heartbeat(request, deadline);
    }

    FakeClock clock_;
    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    Sessions sessions_{clock_};
    Workers workers_;
    std::unique_ptr<grpc::Server> server_;
    std::string address_;
    std::unique_ptr<GrpcMarketplace> marketplace_;
};

TEST_F(GrpcMarketplaceTest, MakesOneSessionByASignedEventAndCallsWithIt)
{
    const auto answered = Call();
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->lost(0).job(), "jobs/1");
    ASSERT_TRUE(Call());
    ASSERT_EQ(sessions_.shown.size(), 1U);
    const auto event = nostr::VerifyHttpAuth(
        sessions_.shown[0],
        {.url = "grpc://" + address_ + "/berth.v1.FinanceService/CreateSession",
         .method = "POST",
         .body = ""},
        clock_.Now());
    ASSERT_TRUE(event) << event.error().reason;
    EXPECT_EQ(event->pubkey, key_.pubkey());
    EXPECT_EQ(workers_.shown, (std::vector<std::string>{"Bearer session-1", "Bearer session-1"}));
}

TEST_F(GrpcMarketplaceTest, MakesANewSessionBeforeTheOldOneEnds)
{
    ASSERT_TRUE(Call());
    clock_.Advance(54min);
    ASSERT_TRUE(Call());
    EXPECT_EQ(sessions_.shown.size(), 1U);
    clock_.Advance(2min);
    ASSERT_TRUE(Call());
    EXPECT_EQ(workers_.shown.back(), "Bearer session-2");
}

TEST_F(GrpcMarketplaceTest, CallsOnceMoreWithANewSessionWhereTheOldOneIsRefused)
{
    workers_.answers = {Refusal(grpc::StatusCode::UNAUTHENTICATED, "SESSION_EXPIRED")};
    ASSERT_TRUE(Call());
    EXPECT_EQ(workers_.shown, (std::vector<std::string>{"Bearer session-1", "Bearer session-2"}));
}

TEST_F(GrpcMarketplaceTest, GivesUpWhereTheNewSessionIsRefusedToo)
{
    const auto refusal = Refusal(grpc::StatusCode::UNAUTHENTICATED, "SESSION_EXPIRED");
    workers_.answers = {refusal, refusal, refusal};
    const auto refused = Call();
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(refused.error().reason, "SESSION_EXPIRED");
    EXPECT_EQ(workers_.shown.size(), 2U);
}

TEST_F(GrpcMarketplaceTest, RepeatsNoCallThatWasRefusedForAnotherReason)
{
    workers_.answers = {Refusal(grpc::StatusCode::ABORTED, "WALLET_LEASED_ELSEWHERE")};
    const auto refused = Call();
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error(), Fail(ErrorCode::kAborted, "WALLET_LEASED_ELSEWHERE", "Refused."));
    EXPECT_EQ(workers_.shown.size(), 1U);
}

TEST_F(GrpcMarketplaceTest, WaitsNoLongerThanItsDeadline)
{
    ASSERT_TRUE(Call());
    workers_.silent = true;
    const auto late = Call(Deadline::After(50ms));
    ASSERT_TRUE(late.has_error());
    EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(late.error().reason, "MARKETPLACE_TIMEOUT");
}

TEST_F(GrpcMarketplaceTest, SaysThatNobodyListens)
{
    server_->Shutdown();
    const auto unanswered = Call();
    ASSERT_TRUE(unanswered.has_error());
    EXPECT_EQ(unanswered.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(unanswered.error().reason, "MARKETPLACE_UNAVAILABLE");
}

}  // namespace
}  // namespace berth::worker
