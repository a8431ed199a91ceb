#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/nostr/http_auth.hpp"
#include "tests/integration/access/raw_client.hpp"
#include "tests/integration/access/running_marketplace.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;

// Bytes of the well-known messages, which have no generated code here.
const std::string kServing{"\x08\x01"};
const std::string kNotServing{"\x08\x02"};
const std::string kListServices{"\x3a\x01*"};

std::string HealthOf(const RawClient& client, const std::string& service)
{
    std::string request;
    if (!service.empty()) {
        request = std::string{"\x0a"} + static_cast<char>(service.size()) + service;
    }
    return client.Call("/grpc.health.v1.Health/Check", request).body;
}

/// Asks until `wanted` is the answer, or time is up.
testing::AssertionResult BecomesTrue(const std::function<bool()>& wanted)
{
    const auto deadline = Deadline::After(15s);
    while (!deadline.Passed()) {
        if (wanted()) return testing::AssertionSuccess();
        std::this_thread::sleep_for(20ms);
    }
    return testing::AssertionFailure() << "not within 15 s";
}

TEST(ServerTest, SaysThatEachServiceIsServing)
{
    RunningMarketplace marketplace;
    const RawClient client{marketplace.address()};
    for (const auto* service : {"", "berth.v1.OrderService", "berth.v1.FinanceService"}) {
        EXPECT_TRUE(BecomesTrue([&] { return HealthOf(client, service) == kServing; })) << service;
    }
}

TEST(ServerTest, IsNotServingWhileTheDatabaseIsDown)
{
    RunningMarketplace marketplace;
    const RawClient client{marketplace.address()};
    ASSERT_TRUE(BecomesTrue([&] { return HealthOf(client, "") == kServing; }));
    marketplace.postgres().Kill();
    EXPECT_TRUE(BecomesTrue([&] { return HealthOf(client, "") == kNotServing; }));
    marketplace.postgres().Start();
    EXPECT_TRUE(BecomesTrue([&] { return HealthOf(client, "") == kServing; }));
}

TEST(ServerTest, DescribesItsServicesByReflection)
{
    RunningMarketplace marketplace;
    const RawClient client{marketplace.address()};
    const auto answer = client.Call(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", kListServices);
    for (const auto* service : {"OrderService", "PaymentService", "WorkerService",
                                "OperatorService", "FinanceService", "RelayService"}) {
        EXPECT_NE(answer.body.find(std::string{"berth.v1."} + service), std::string::npos)
            << service;
    }
}

TEST(ServerTest, DescribesTheHealthServiceByReflection)
{
    RunningMarketplace marketplace;
    const RawClient client{marketplace.address()};
    const std::string symbol = "grpc.health.v1.Health";
    const auto answer =
        client.Call("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                    "\x22" + std::string(1, static_cast<char>(symbol.size())) + symbol);
    EXPECT_NE(answer.body.find("HealthCheckResponse"), std::string::npos);
}

TEST(ServerTest, EndsOnSigtermWithExitCodeZero)
{
    RunningMarketplace marketplace;
    marketplace.process().Stop();
    EXPECT_NE(marketplace.Log().find("\"stopped\""), std::string::npos) << marketplace.Log();
    EXPECT_NE(marketplace.process().end().find("0"), std::string::npos)
        << marketplace.process().end();
}

/// Calls from several threads, each call on a connection of its own, until it ends.
class Callers {
public:
    explicit Callers(const std::string& address)
    {
        for (int i = 0; i < 4; ++i) {
            threads_.emplace_back([this, address](const std::stop_token& over) {
                while (!over.stop_requested()) Call(address);
            });
        }
    }

    /// Every status so far, and the last reason that came with it.
    std::map<grpc::StatusCode, std::string> End()
    {
        threads_.clear();
        return answers_;
    }

private:
    void Call(const std::string& address)
    {
        const std::string path = "/berth.v1.OrderService/ListOrders";
        const auto authorization =
            nostr::MakeHttpAuth({.url = "grpc://" + address + path, .method = "POST", .body = ""},
                                key_, SystemClock{}.Now());
        const auto answer = RawClient{address}.Call(path, "", {{"authorization", authorization}});
        const std::scoped_lock lock{mutex_};
        answers_[answer.status.error_code()] = answer.reason;
    }

    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    std::mutex mutex_;
    std::map<grpc::StatusCode, std::string> answers_;
    std::vector<std::jthread> threads_;
};

TEST(ServerTest, KnowsItsNameFromTheFirstCallOn)
{
    const auto address = RunningMarketplace{}.address();  // Free again.
    RunningMarketplace marketplace{{{"address", address}}};
    Callers callers{address};
    for (int i = 0; i < 5; ++i) marketplace.Restart();
    const auto answers = callers.End();
    EXPECT_TRUE(answers.contains(grpc::StatusCode::OK));
    EXPECT_FALSE(answers.contains(grpc::StatusCode::UNAUTHENTICATED))
        << answers.at(grpc::StatusCode::UNAUTHENTICATED);
}

TEST(ServerTest, RefusesAPortThatAnotherOneServes)
{
    RunningMarketplace first;
    EXPECT_THROW((RunningMarketplace{RunningMarketplace::Settings{{"address", first.address()}}}),
                 std::runtime_error);
}

TEST(ServerTest, RefusesPlaintextBeyondLoopback)
{
    EXPECT_THROW((RunningMarketplace{RunningMarketplace::Settings{{"address", "0.0.0.0:0"}}}),
                 std::runtime_error);
}

}  // namespace
}  // namespace berth::test
