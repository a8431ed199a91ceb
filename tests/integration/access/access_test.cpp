#include <gtest/gtest.h>

#include <google/protobuf/descriptor.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/rpc/server.hpp"
#include "tests/integration/access/attempts.hpp"
#include "tests/integration/access/world.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kStreamLimit = 3s;  // A stream with nothing to say stays open.

/// Every RPC of the contract, by its full name.
std::vector<std::string> EveryRpc()
{
    std::vector<std::string> names;
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    for (const auto& name : rpc::ServiceNames()) {
        const auto* service = pool->FindServiceByName(name);
        for (int i = 0; i < service->method_count(); ++i) {
            names.push_back(service->method(i)->full_name());
        }
    }
    return names;
}

/// `/berth.v1.OrderService/GetOrder` of `berth.v1.OrderService.GetOrder`.
std::string PathOf(const std::string& name)
{
    const auto dot = name.rfind('.');
    return "/" + name.substr(0, dot) + "/" + name.substr(dot + 1);
}

bool IsStream(const std::string& name)
{
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    return pool->FindMethodByName(name)->server_streaming();
}

/// One world for all tests: what they do may not change it.
class AccessTest : public testing::Test {
protected:
    static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
    static void TearDownTestSuite() { world_.reset(); }

    /// A try, and what was asked: an answer may repeat that.
    struct Tried {
        RawAnswer answer;
        std::string asked;
    };
    static Tried Try(const Attempt& attempt, const std::string& name,
                     const nostr::SecretKey& caller, const Side& victim)
    {
        const auto body = attempt.request(caller, victim, world_->marketplace().key().pubkey());
        const auto limit = IsStream(name) ? kStreamLimit : 20s;
        if (attempt.door == Door::kKey) {
            return {world_->CallAs(caller, PathOf(name), body, limit), body};
        }
        return {world_->client().Call(PathOf(name), body), body};
    }

    /// A secret of the side that the answer tells; not one that the question named.
    static std::string SecretIn(const RawAnswer& answer, const Side& side,
                                const std::string& asked = {})
    {
        const auto text = answer.body + answer.status.error_message();
        for (const auto& secret : side.Secrets()) {
            if (asked.find(secret) != std::string::npos) continue;
            if (text.find(secret) != std::string::npos) return secret;
        }
        return {};
    }

    inline static std::unique_ptr<World> world_;
};

TEST_F(AccessTest, EveryRpcHasAnAttempt)
{
    for (const auto& name : EveryRpc()) EXPECT_TRUE(Attempts().contains(name)) << name;
    EXPECT_EQ(EveryRpc().size(), Attempts().size());
}

TEST_F(AccessTest, NobodyIsToldOrChangesWhatIsAnothers)
{
    const auto rows_of_one = world_->RowsOf(world_->one());
    const auto rows_of_two = world_->RowsOf(world_->two());
    for (const auto& [name, attempt] : Attempts()) {
        for (const auto& [mine, theirs] : {std::pair{&world_->one(), &world_->two()},
                                           std::pair{&world_->two(), &world_->one()}}) {
            for (const auto* intruder : {&mine->customer, &mine->operator_key, &mine->relay_key}) {
                const auto [answer, asked] = Try(attempt, name, *intruder, *theirs);
                EXPECT_EQ(SecretIn(answer, *theirs, asked), "") << name << " by " << mine->mark;
                EXPECT_NE(answer.reason, "INTERNAL") << name;
                if (attempt.refused) {
                    EXPECT_FALSE(answer.ok()) << name << " by " << mine->mark;
                    EXPECT_NE(answer.reason, "") << name;
                }
            }
        }
    }
    EXPECT_EQ(world_->RowsOf(world_->one()), rows_of_one);
    EXPECT_EQ(world_->RowsOf(world_->two()), rows_of_two);
}

TEST_F(AccessTest, EverybodyIsToldWhatIsHisOwn)
{
    for (const auto& [name, attempt] : Attempts()) {
        if (!attempt.owner_sees_it) continue;
        for (const auto* side : {&world_->one(), &world_->two()}) {
            const auto& owner =
                attempt.whose == Whose::kCustomers ? side->customer : side->operator_key;
            const auto answer = Try(attempt, name, owner, *side).answer;
            EXPECT_TRUE(answer.ok()) << name << ": " << answer.reason;
            EXPECT_NE(SecretIn(answer, *side), "") << name;
        }
    }
}

TEST_F(AccessTest, NoKeyOpensNothingThatNeedsOne)
{
    for (const auto& [name, attempt] : Attempts()) {
        const auto answer = world_->client().Call(PathOf(name), "");
        if (attempt.door == Door::kKey) {
            EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << name;
            EXPECT_EQ(answer.reason, "NOT_AUTHENTICATED") << name;
        } else {
            EXPECT_NE(answer.reason, "NOT_AUTHENTICATED") << name;
        }
        EXPECT_TRUE(attempt.door != Door::kSigned || !answer.ok()) << name;
    }
}

TEST_F(AccessTest, ARefusedSignedRequestLeavesOneAuditLine)
{
    const auto& attempt = Attempts().at("berth.v1.OrderService.CancelOrder");
    const auto body = attempt.request(world_->two().customer, world_->one(),
                                      world_->marketplace().key().pubkey());
    const std::string trace = ToHex(RandomBytes(16));
    const auto answer =
        world_->client().Call("/berth.v1.OrderService/CancelOrder", body,
                              {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
    EXPECT_EQ(answer.reason, "UNKNOWN_ORDER");
    const auto log = world_->marketplace().Log();
    const auto line = log.find(trace);
    ASSERT_NE(line, std::string::npos);
    EXPECT_EQ(log.find(trace, line + 1), std::string::npos);
    EXPECT_NE(log.find(world_->two().customer.pubkey()), std::string::npos);
}

}  // namespace
}  // namespace berth::test
