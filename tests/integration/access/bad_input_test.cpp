#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "cli/signed_request.hpp"
#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "core/rails/xrp_key.hpp"
#include "tests/integration/access/bad_input_world.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;
using boost::json::object;
using grpc::StatusCode;

constexpr auto kPlaceOrder = "/berth.v1.OrderService/PlaceOrder";
constexpr auto kRegisterChannel = "/berth.v1.PaymentService/RegisterChannel";
constexpr auto kSubmitClaim = "/berth.v1.PaymentService/SubmitClaim";
constexpr auto kAct = "/berth.v1.OperatorService/Act";

/// One world for all tests: what they do may not change it.
class BadInputTest : public testing::Test {
protected:
    static void SetUpTestSuite() { world_ = std::make_unique<BadInputWorld>(); }
    static void TearDownTestSuite() { world_.reset(); }

    void SetUp() override { before_ = world_->Everything(); }
    void TearDown() override { EXPECT_EQ(world_->Everything(), before_) << "something was stored"; }

    /// The request is refused in that way and leaves one line in the log.
    static void ExpectRefused(const char* path, const std::string& body, StatusCode code,
                              const std::string& reason)
    {
        const auto trace = ToHex(RandomBytes(16));
        const auto answer = world_->world.client().Call(
            path, body, {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
        EXPECT_EQ(answer.reason, reason) << answer.status.error_message();
        EXPECT_EQ(answer.status.error_code(), code) << reason;
        const auto log = world_->world.marketplace().Log();
        const auto line = log.find(trace);
        EXPECT_NE(line, std::string::npos) << reason << " left no line";
        EXPECT_EQ(log.find(trace, line + 1), std::string::npos) << reason << " left two lines";
    }
    static void ExpectEventRefused(const char* path, const std::string& event, StatusCode code,
                                   const std::string& reason)
    {
        ExpectRefused(path, BadInputWorld::Request(event), code, reason);
    }
    static void ExpectOrderRefused(const std::string& content, StatusCode code,
                                   const std::string& reason)
    {
        ExpectEventRefused(kPlaceOrder, world_->Event(cli::kOrderKind, content, customer()), code,
                           reason);
    }
    static void ExpectClaimRefused(object changes, StatusCode code, const std::string& reason)
    {
        auto terms = world_->Claim("2000");
        for (auto& [name, value] : changes) terms[name] = std::move(value);
        ExpectEventRefused(kSubmitClaim, world_->Event(cli::kClaimKind, terms, customer()), code,
                           reason);
    }
    static const nostr::SecretKey& customer() { return world_->world.one().customer; }
    static std::string Terms() { return R"({"plan":")" + world_->world.one().plan + R"("})"; }

    /// What is signed, and with which terms it would be accepted.
    struct Signed {
        const char* path;
        int kind;
        std::string content;
    };
    static std::vector<Signed> SignedRequests()
    {
        return {{kPlaceOrder, cli::kOrderKind, Terms()},
                {kSubmitClaim, cli::kClaimKind, boost::json::serialize(world_->Claim("2000"))},
                {kRegisterChannel, cli::kChannelKind,
                 R"({"rail":"xrp","channelId":")" + world_->own_channel + R"(","proof":"00"})"},
                {kAct, cli::kOperatorActionKind,
                 R"({"pausePlan":{"plan":")" + world_->world.one().plan + R"(","paused":true}})"}};
    }

    inline static std::unique_ptr<BadInputWorld> world_;
    std::string before_;
};

TEST_F(BadInputTest, AWrongSignature)
{
    for (const auto& [path, kind, content] : SignedRequests()) {
        auto event = *nostr::ParseEvent(world_->Event(kind, content, customer()));
        event.sig.back() = event.sig.back() == '0' ? '1' : '0';
        ExpectEventRefused(path, nostr::ToJson(event), StatusCode::UNAUTHENTICATED,
                           "BAD_SIGNATURE");
        event = *nostr::ParseEvent(world_->Event(kind, content, customer()));
        event.content += " ";
        ExpectEventRefused(path, nostr::ToJson(event), StatusCode::UNAUTHENTICATED, "BAD_EVENT_ID");
    }
}

TEST_F(BadInputTest, AForeignAudience)
{
    const auto other = nostr::SecretKey::Generate().pubkey();
    for (const auto& [path, kind, content] : SignedRequests()) {
        const auto refused = [&](const std::function<void(nostr::Event&)>& spoil) {
            ExpectEventRefused(path, world_->Event(kind, content, customer(), spoil),
                               StatusCode::INVALID_ARGUMENT, "WRONG_MARKETPLACE");
        };
        refused([&](nostr::Event& event) { event.tags[0][1] = other; });
        refused([&](nostr::Event& event) { event.tags.push_back({"p", other}); });
        refused([&](nostr::Event& event) { event.tags.erase(event.tags.begin()); });
    }
}

TEST_F(BadInputTest, AnExpiredOrFutureEvent)
{
    const auto now = ToUnixSeconds(SystemClock{}.Now());
    for (const auto& [path, kind, content] : SignedRequests()) {
        const auto refused = [&](const std::string& reason,
                                 const std::function<void(nostr::Event&)>& spoil) {
            ExpectEventRefused(path, world_->Event(kind, content, customer(), spoil),
                               StatusCode::INVALID_ARGUMENT, reason);
        };
        refused("EVENT_EXPIRED",
                [&](nostr::Event& event) { event.tags[2][1] = std::to_string(now - 1); });
        refused("EVENT_EXPIRED", [](nostr::Event& event) { event.tags[2][1] = "4e9"; });
        refused("EVENT_EXPIRED", [](nostr::Event& event) { event.tags.pop_back(); });
        refused("CLOCK_OFF", [&](nostr::Event& event) { event.created_at = now - 700; });
        refused("CLOCK_OFF", [&](nostr::Event& event) { event.created_at = now + 700; });
        refused("UNKNOWN_VERSION", [](nostr::Event& event) { event.tags[1][1] = "2"; });
    }
}

TEST_F(BadInputTest, AnUnknownPlan)
{
    ExpectOrderRefused(R"({"plan":"plans/none"})", StatusCode::NOT_FOUND, "UNKNOWN_PLAN");
    for (const auto* plan : {"", "none", "plans/", "orders/x", "plans/../x"}) {
        ExpectOrderRefused(R"({"plan":")" + std::string{plan} + R"("})",
                           StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    }
}

TEST_F(BadInputTest, AMalformedDomain)
{
    const std::string label(64, 'a');
    for (const auto& name :
         {std::string{"localhost"}, std::string{"-a.test"}, std::string{"a-.test"},
          std::string{"a..test"}, std::string{".test"}, std::string{"a.test."},
          std::string{"A.test"}, std::string{"a_b.test"}, std::string{"a b.test"},
          std::string{"10.0.0.1"}, std::string{"*.a.test"}, std::string{"[::1]"},
          std::string{"a.test\\u0000"}, std::string{"a.test\\nsend"},
          std::string{"m\\u00fcnchen.test"}, label + ".test",
          label.substr(1) + "." + label.substr(1) + "." + label.substr(1) + "." + label.substr(1) +
              ".test"}) {
        ExpectOrderRefused(
            R"({"plan":")" + world_->world.one().plan + R"(","customHostname":")" + name + R"("})",
            StatusCode::INVALID_ARGUMENT, "BAD_HOSTNAME");
    }
}

TEST_F(BadInputTest, AmountsThatAreNoPlainDecimals)
{
    for (const auto* amount :
         {"-1", "+2000", "2e3", "2E3", "2000.0", "2,000", " 2000", "2000 ", "02000", "0x7d0", "",
          "0", "NaN", "\u0662\u0660\u0660\u0660", "1000000000000000000000000000000000000000000"}) {
        ExpectClaimRefused({{"cumulative", amount}}, StatusCode::INVALID_ARGUMENT, "BAD_AMOUNT");
    }
    for (const auto& number : {boost::json::value(2e3), boost::json::value(2000.5),
                               boost::json::value(boost::json::array{})}) {
        ExpectClaimRefused({{"cumulative", number}}, StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    }
    ExpectClaimRefused({{"cumulative", nullptr}}, StatusCode::INVALID_ARGUMENT, "BAD_AMOUNT");
    const auto& admin = world_->world.marketplace().admin();
    for (const auto* price : {"-1", "5e7", "+50000000", "50000000.0", "0", ""}) {
        const object action{
            {"setPrice",
             object{{"asset", "xrp"},
                    {"priceUsdE8", price},
                    {"source", "test"},
                    {"sourceTime", std::to_string(ToUnixSeconds(SystemClock{}.Now()))}}}};
        ExpectEventRefused(kAct, world_->Event(cli::kOperatorActionKind, action, admin),
                           StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    }
}

TEST_F(BadInputTest, AClaimThatDoesNotGrow)
{
    for (const auto* amount : {"1", "999"}) {
        const auto event = world_->Event(cli::kClaimKind, world_->Claim(amount), customer());
        ExpectEventRefused(kSubmitClaim, event, StatusCode::ALREADY_EXISTS, "NOT_INCREASING");
    }
    auto same = world_->Claim("1000");  // For an order this time: it was used for none.
    same["order"] = world_->world.one().order;
    ExpectEventRefused(kSubmitClaim, world_->Event(cli::kClaimKind, same, customer()),
                       StatusCode::ALREADY_EXISTS, "NOT_INCREASING");
    const auto above = world_->Event(cli::kClaimKind, world_->Claim("10000001"), customer());
    ExpectEventRefused(kSubmitClaim, above, StatusCode::FAILED_PRECONDITION, "OVER_CAPACITY");
}

TEST_F(BadInputTest, AClaimThatItsChannelsKeyDidNotSign)
{
    ExpectClaimRefused({{"cumulative", "2001"}}, StatusCode::UNAUTHENTICATED,
                       "BAD_CLAIM_SIGNATURE");
    const auto by_another = *world_->strangers_key.SignClaim(world_->own_channel, 2000);
    ExpectClaimRefused({{"signature", by_another}}, StatusCode::UNAUTHENTICATED,
                       "BAD_CLAIM_SIGNATURE");
    for (const auto* garbage : {"", "00", "zz"}) {
        ExpectClaimRefused({{"signature", garbage}}, StatusCode::INVALID_ARGUMENT,
                           "BAD_SIGNATURE_ENCODING");
    }
}

TEST_F(BadInputTest, SomebodyElsesChannelOrOrder)
{
    const auto signature = *world_->strangers_key.SignClaim(world_->strangers_channel, 2000);
    ExpectClaimRefused({{"channelId", world_->strangers_channel}, {"signature", signature}},
                       StatusCode::NOT_FOUND, "UNKNOWN_CHANNEL");
    ExpectClaimRefused({{"order", world_->world.two().order}}, StatusCode::NOT_FOUND,
                       "UNKNOWN_ORDER");
    const auto registered = [&](const std::string& proof, StatusCode code,
                                const std::string& reason) {
        const object terms{
            {"rail", "xrp"}, {"channelId", world_->strangers_channel}, {"proof", proof}};
        ExpectEventRefused(kRegisterChannel, world_->Event(cli::kChannelKind, terms, customer()),
                           code, reason);
    };
    const auto text = "berth-channel:1:" + world_->marketplace_key() + ":" + customer().pubkey() +
                      ":" + world_->strangers_channel;
    registered(world_->own_key.Sign(text), StatusCode::INVALID_ARGUMENT, "BAD_CHANNEL_PROOF");
    registered(world_->strangers_key.Sign(text), StatusCode::ALREADY_EXISTS, "CHANNEL_TAKEN");
    ExpectOrderRefused(R"({"plan":")" + world_->world.one().plan + R"(","payFrom":"channels/xrp-)" +
                           world_->strangers_channel + R"("})",
                       StatusCode::NOT_FOUND, "UNKNOWN_CHANNEL");
}

TEST_F(BadInputTest, AnOversizedMessage)
{
    const auto long_name = [](std::size_t size) {
        return R"({"plan":")" + world_->world.one().plan + R"(","relayName":")" +
               std::string(size, 'x') + R"("})";
    };
    ExpectOrderRefused(long_name(61), StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused(long_name(20 * 1024), StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused(long_name(80 * 1024), StatusCode::INVALID_ARGUMENT, "TOO_LARGE");
    const auto flood =
        world_->world.client().Call(kPlaceOrder, BadInputWorld::Request(std::string(5 << 20, 'x')));
    EXPECT_EQ(flood.status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(BadInputTest, ADeepMessage)
{
    const auto nested = [](std::size_t depth) {
        return R"({"plan":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    ExpectOrderRefused(nested(4), StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused(nested(10'000), StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    const auto event = world_->Event(cli::kOrderKind, Terms(), customer());
    for (const std::size_t depth : {20U, 20'000U}) {
        auto deep = event;
        deep.replace(deep.find("\"tags\":") + 7, 1, std::string(depth, '['));
        ExpectEventRefused(kPlaceOrder, deep, StatusCode::INVALID_ARGUMENT, "TOO_DEEP");
    }
    std::string groups(5000, '\x0b');  // Start of group 1, nested.
    ExpectRefused(kPlaceOrder, groups, StatusCode::INVALID_ARGUMENT, "BAD_REQUEST");
}

TEST_F(BadInputTest, WhatIsNoEventOrNoTerms)
{
    for (const auto* text : {"", "null", "[]", "{}", "{\"id\":1}"}) {
        const auto trace = world_->world.client().Call(kPlaceOrder, BadInputWorld::Request(text));
        EXPECT_EQ(trace.status.error_code(), StatusCode::INVALID_ARGUMENT) << text;
        EXPECT_NE(trace.reason, "") << text;
    }
    for (const auto* bytes : {"\x0a\xff", "\x0a\x02\xff\xfe"}) {
        ExpectRefused(kPlaceOrder, bytes, StatusCode::INVALID_ARGUMENT, "BAD_REQUEST");
    }
    const auto plan = world_->world.one().plan;
    ExpectOrderRefused(R"({"plan":")" + plan + R"(","plan":")" + plan + R"("})",
                       StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused(R"({"plan":")" + plan + R"(","relayName":"a","relay_name":"b"})",
                       StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused(R"({"plan":")" + plan + R"(","discount":"100"})",
                       StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused("", StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectOrderRefused("[]", StatusCode::INVALID_ARGUMENT, "BAD_TERMS");
    ExpectEventRefused(kSubmitClaim, world_->Event(cli::kOrderKind, Terms(), customer()),
                       StatusCode::INVALID_ARGUMENT, "WRONG_KIND");
}

TEST_F(BadInputTest, AnotherRailOrAnIdThatIsNone)
{
    ExpectClaimRefused({{"rail", "doge"}}, StatusCode::INVALID_ARGUMENT, "UNKNOWN_RAIL");
    ExpectClaimRefused({{"rail", "base"}}, StatusCode::UNIMPLEMENTED, "RAIL_NOT_SERVED");
    ExpectClaimRefused({{"channelId", "00"}}, StatusCode::INVALID_ARGUMENT, "BAD_CHANNEL_ID");
    ExpectClaimRefused({{"channelId", std::string(64, 'g')}}, StatusCode::INVALID_ARGUMENT,
                       "BAD_CHANNEL_ID");
    ExpectClaimRefused({{"channelId", std::string(64, '0')}}, StatusCode::NOT_FOUND,
                       "UNKNOWN_CHANNEL");
    ExpectClaimRefused({{"order", "plans/x"}}, StatusCode::NOT_FOUND, "UNKNOWN_ORDER");
}

}  // namespace
}  // namespace berth::test
