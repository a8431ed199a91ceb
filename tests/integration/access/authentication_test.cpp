#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "berth/v1/finance_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "core/nostr/http_auth.hpp"
#include "tests/integration/access/world.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;
using grpc::StatusCode;

const std::string kListOrders = "/berth.v1.OrderService/ListOrders";
const std::string kListPricesPath = "/berth.v1.OperatorService/ListPrices";
const std::string kCreateSession = "/berth.v1.FinanceService/CreateSession";

/// NIP-98 and session tokens over real gRPC. One world for all tests: what they do may not change
/// it.
class AuthenticationTest : public testing::Test {
protected:
    static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
    static void TearDownTestSuite() { world_.reset(); }

    static const std::string& address() { return world_->marketplace().address(); }
    static std::string Url() { return "grpc://" + address() + kListOrders; }
    static std::string HeaderFor(const std::string& url, const std::string& body,
                                 const nostr::SecretKey& key, Time now = SystemClock{}.Now())
    {
        return nostr::MakeHttpAuth({.url = url, .method = "POST", .body = body}, key, now);
    }
    /// The event of a header that is in order, to be spoilt.
    static nostr::Event GoodEvent()
    {
        const auto header = HeaderFor(Url(), "", world_->one().customer);
        return *nostr::ParseEvent(*FromBase64(header.substr(std::string{"Nostr "}.size())));
    }
    static std::string HeaderOf(const nostr::Event& event)
    {
        return "Nostr " + ToBase64(nostr::ToJson(event));
    }
    static std::string SignedHeader(nostr::Event event)
    {
        nostr::SignEvent(event, world_->one().customer);
        return HeaderOf(event);
    }
    static RawAnswer ListOrdersWith(const std::string& authorization, const std::string& body = "")
    {
        return world_->client().Call(kListOrders, body, {{"authorization", authorization}});
    }
    static void ExpectRefused(const RawAnswer& answer, const std::string& reason)
    {
        EXPECT_EQ(answer.reason, reason);
        EXPECT_EQ(answer.status.error_code(), StatusCode::UNAUTHENTICATED) << reason;
    }
    /// True if the answer shows what is that side's.
    static bool Shows(const RawAnswer& answer, const Side& side)
    {
        return answer.ok() && answer.body.find(side.OrderId()) != std::string::npos;
    }
    static v1::CreateSessionResponse SessionOf(const nostr::SecretKey& key)
    {
        v1::CreateSessionResponse session;
        const auto created = world_->CallAs(key, kCreateSession, "");
        EXPECT_TRUE(created.ok()) << created.reason;
        EXPECT_TRUE(session.ParseFromString(created.body));
        return session;
    }
    static std::string BearerOf(const nostr::SecretKey& key)
    {
        return "Bearer " + SessionOf(key).token();
    }

    inline static std::unique_ptr<World> world_;
};

TEST_F(AuthenticationTest, AnAuthorisationOpensOneCallOnce)
{
    const auto header = HeaderFor("grpc://" + address() + kListOrders, "", world_->one().customer);
    EXPECT_TRUE(ListOrdersWith(header).ok());
    EXPECT_EQ(ListOrdersWith(header).reason, "AUTH_REPLAYED");
}

TEST_F(AuthenticationTest, AnAuthorisationIsForItsBytesOnly)
{
    const auto header =
        HeaderFor("grpc://" + address() + kListOrders, "other bytes", world_->one().customer);
    EXPECT_EQ(ListOrdersWith(header).reason, "AUTH_WRONG_PAYLOAD");
}

TEST_F(AuthenticationTest, AnAuthorisationIsForItsMethodAndHostOnly)
{
    const auto& key = world_->one().customer;
    const auto other_method = HeaderFor("grpc://" + address() + kListPricesPath, "", key);
    EXPECT_EQ(ListOrdersWith(other_method).reason, "AUTH_WRONG_URL");
    const auto other_host = HeaderFor("grpc://elsewhere.test:443" + kListOrders, "", key);
    EXPECT_EQ(ListOrdersWith(other_host).reason, "AUTH_WRONG_URL");
    const auto not_grpc = HeaderFor("https://" + address() + kListOrders, "", key);
    EXPECT_EQ(ListOrdersWith(not_grpc).reason, "AUTH_WRONG_URL");
}

TEST_F(AuthenticationTest, AnAuthorisationIsFresh)
{
    const auto url = "grpc://" + address() + kListOrders;
    const auto old = HeaderFor(url, "", world_->one().customer, SystemClock{}.Now() - 2min);
    EXPECT_EQ(ListOrdersWith(old).reason, "AUTH_EXPIRED");
}

TEST_F(AuthenticationTest, GarbageIsNoAuthorisation)
{
    for (const auto* header : {"Nostr", "Nostr !", "Basic YTpi", "nostr e30=", "Nostr e30="}) {
        EXPECT_EQ(ListOrdersWith(header).reason, "AUTH_MALFORMED") << header;
    }
    EXPECT_EQ(ListOrdersWith("Bearer ").reason, "SESSION_EXPIRED");
}

TEST_F(AuthenticationTest, ASessionOpensReadsUntilItExpires)
{
    const auto created = world_->CallAs(world_->one().customer, kCreateSession, "");
    ASSERT_TRUE(created.ok()) << created.reason;
    v1::CreateSessionResponse session;
    ASSERT_TRUE(session.ParseFromString(created.body));
    ASSERT_EQ(session.roles_size(), 1);
    EXPECT_EQ(session.roles(0), "customer");
    const auto bearer = "Bearer " + session.token();
    EXPECT_TRUE(Shows(ListOrdersWith(bearer), world_->one()));

    const auto renewed = world_->client().Call(kCreateSession, "", {{"authorization", bearer}});
    EXPECT_EQ(renewed.reason, "AUTH_NOT_FRESH");

    pqxx::connection connection{world_->marketplace().DatabaseUrl()};
    pqxx::work tx{connection};
    EXPECT_TRUE(
        tx.exec_params("SELECT FROM sessions WHERE token_hash = $1", session.token()).empty());
    tx.exec_params0("UPDATE sessions SET expires_at = now() WHERE token_hash = $1",
                    ToHex(Sha256(session.token())));
    tx.commit();
    EXPECT_EQ(ListOrdersWith(bearer).reason, "SESSION_EXPIRED");
}

TEST_F(AuthenticationTest, RolesComeFromTheConfigurationAndTheOperators)
{
    const auto roles_of = [](const nostr::SecretKey& key) {
        v1::CreateSessionResponse session;
        session.ParseFromString(world_->CallAs(key, kCreateSession, "").body);
        return std::set<std::string>{session.roles().begin(), session.roles().end()};
    };
    using Roles = std::set<std::string>;
    EXPECT_EQ(roles_of(world_->one().operator_key), (Roles{"customer", "operator"}));
    EXPECT_EQ(roles_of(world_->marketplace().finance()), (Roles{"customer", "finance"}));
    EXPECT_EQ(roles_of(world_->marketplace().admin()), (Roles{"customer", "admin"}));
}

TEST_F(AuthenticationTest, AnAuthorisationOfAnotherMethodOrKindIsRefused)
{
    const auto get = nostr::MakeHttpAuth({.url = Url(), .method = "GET", .body = {}},
                                         world_->one().customer, SystemClock{}.Now());
    ExpectRefused(ListOrdersWith(get), "AUTH_WRONG_METHOD");
    auto note = GoodEvent();
    note.kind = 1;
    ExpectRefused(ListOrdersWith(SignedHeader(note)), "AUTH_WRONG_KIND");
}

TEST_F(AuthenticationTest, AnAuthorisationOfTheFutureIsRefusedButForClocksThatAreALittleOff)
{
    const auto& key = world_->one().customer;
    const auto now = SystemClock{}.Now();
    ExpectRefused(ListOrdersWith(HeaderFor(Url(), "", key, now + 2min)), "AUTH_EXPIRED");
    ExpectRefused(ListOrdersWith(HeaderFor(Url(), "", key, now + 24h * 365)), "AUTH_EXPIRED");
    EXPECT_TRUE(ListOrdersWith(HeaderFor(Url(), "", key, now + 30s)).ok());
    EXPECT_TRUE(ListOrdersWith(HeaderFor(Url(), "", key, now - 30s)).ok());
}

TEST_F(AuthenticationTest, AnAuthorisationThatWasTamperedWithIsRefused)
{
    auto signature = GoodEvent();
    signature.sig.back() = signature.sig.back() == '0' ? '1' : '0';
    ExpectRefused(ListOrdersWith(HeaderOf(signature)), "BAD_SIGNATURE");

    auto content = GoodEvent();
    content.content = "more";
    ExpectRefused(ListOrdersWith(HeaderOf(content)), "BAD_EVENT_ID");

    auto name = GoodEvent();  // Another's key above a signature of one's own.
    name.pubkey = world_->two().customer.pubkey();
    ExpectRefused(ListOrdersWith(HeaderOf(name)), "BAD_EVENT_ID");
    auto signed_by_two = GoodEvent();
    nostr::SignEvent(signed_by_two, world_->two().customer);
    name.id = signed_by_two.id;
    ExpectRefused(ListOrdersWith(HeaderOf(name)), "BAD_EVENT_ID");
    signed_by_two.sig = GoodEvent().sig;
    ExpectRefused(ListOrdersWith(HeaderOf(signed_by_two)), "BAD_SIGNATURE");
}

TEST_F(AuthenticationTest, AnAuthorisationSaysEachThingOnce)
{
    auto two_urls = GoodEvent();
    two_urls.tags.push_back({"u", "grpc://elsewhere.test:443" + kListOrders});
    ExpectRefused(ListOrdersWith(SignedHeader(two_urls)), "AUTH_WRONG_URL");
    auto two_methods = GoodEvent();
    two_methods.tags.push_back({"method", "GET"});
    ExpectRefused(ListOrdersWith(SignedHeader(two_methods)), "AUTH_WRONG_METHOD");
    auto no_url = GoodEvent();
    no_url.tags.clear();
    ExpectRefused(ListOrdersWith(SignedHeader(no_url)), "AUTH_WRONG_URL");
}

TEST_F(AuthenticationTest, ABodyIsCoveredOrNothingIsOpened)
{
    const std::string page{"\x08\x05"};  // page_size 5.
    const auto uncovered = HeaderFor(Url(), "", world_->one().customer);
    ExpectRefused(ListOrdersWith(uncovered, page), "AUTH_WRONG_PAYLOAD");
    EXPECT_TRUE(ListOrdersWith(HeaderFor(Url(), page, world_->one().customer), page).ok());
}

TEST_F(AuthenticationTest, AnAuthorisationThatWasRefusedForItsRequestIsNotUsedUp)
{
    const auto header = HeaderFor(Url(), "", world_->one().customer);
    ExpectRefused(ListOrdersWith(header, "\x08\x05"), "AUTH_WRONG_PAYLOAD");
    EXPECT_TRUE(ListOrdersWith(header).ok());
}

TEST_F(AuthenticationTest, WhatIsForOneMarketplaceOpensNoOther)
{
    RunningMarketplace other;
    const RawClient client{other.address()};
    const auto header = HeaderFor(Url(), "", world_->one().customer);
    ExpectRefused(client.Call(kListOrders, "", {{"authorization", header}}), "AUTH_WRONG_URL");
    // Nor where it is called by the other's name: it knows its own.
    ExpectRefused(
        client.Call(kListOrders, "", {{"authorization", header}, {":authority", address()}}),
        "AUTH_WRONG_URL");
    const auto bearer = BearerOf(world_->one().customer);
    ExpectRefused(client.Call(kListOrders, "", {{"authorization", bearer}}), "SESSION_EXPIRED");
    EXPECT_TRUE(ListOrdersWith(header).ok()) << "and it is still good where it belongs";
}

TEST_F(AuthenticationTest, ATokenIsTakenLetterByLetter)
{
    const auto token = SessionOf(world_->one().customer).token();
    auto upper = token;
    for (auto& c : upper) c = static_cast<char>(::toupper(c));
    auto other = token;
    other.back() = other.back() == '0' ? '1' : '0';
    for (const auto& wrong : {upper, other, token.substr(1), token + "0", " " + token,
                              ToHex(Sha256(token)), std::string(64, '0')}) {
        ExpectRefused(ListOrdersWith("Bearer " + wrong), "SESSION_EXPIRED");
    }
    ExpectRefused(ListOrdersWith("bearer " + token), "AUTH_MALFORMED");
    ExpectRefused(ListOrdersWith(token), "AUTH_MALFORMED");
    EXPECT_TRUE(ListOrdersWith("Bearer " + token).ok());
}

TEST_F(AuthenticationTest, ATokenOfOneRoleDoesNotOpenAnothersCalls)
{
    const std::map<std::string, std::vector<std::string>> calls{
        {"NOT_AN_OPERATOR",
         {"WorkerService/RegisterWorker", "WorkerService/AcquireJobs", "WorkerService/Heartbeat",
          "WorkerService/RecordSteps", "WorkerService/ReportWallets", "OperatorService/ListWallets",
          "OperatorService/ListOperatorOrders"}},
        {"NOT_ADMIN", {"OperatorService/ListOperators"}}};
    const std::map<std::string, std::string> bearers{
        {"customer", BearerOf(world_->one().customer)},
        {"operator", BearerOf(world_->one().operator_key)},
        {"finance", BearerOf(world_->marketplace().finance())},
        {"admin", BearerOf(world_->marketplace().admin())}};
    for (const auto& [reason, paths] : calls) {
        const std::string own = reason == "NOT_ADMIN" ? "admin" : "operator";
        for (const auto& path : paths) {
            for (const auto& [role, bearer] : bearers) {
                const auto answer =
                    world_->client().Call("/berth.v1." + path, "", {{"authorization", bearer}}, 3s);
                if (role == own) {
                    EXPECT_NE(answer.reason, reason) << path << " by " << role;
                    continue;
                }
                EXPECT_EQ(answer.reason, reason) << path << " by " << role;
                EXPECT_EQ(answer.status.error_code(), StatusCode::PERMISSION_DENIED) << path;
            }
        }
    }
}

TEST_F(AuthenticationTest, ATokenShowsEachKeyItsOwn)
{
    for (const auto* side : {&world_->one(), &world_->two()}) {
        const auto& stranger = side == &world_->one() ? world_->two() : world_->one();
        const auto own = ListOrdersWith(BearerOf(side->customer));
        EXPECT_TRUE(Shows(own, *side));
        EXPECT_FALSE(Shows(own, stranger));
        EXPECT_FALSE(Shows(ListOrdersWith(BearerOf(stranger.customer)), *side));
    }
}

TEST_F(AuthenticationTest, NoMetadataAndEmptyMetadataOpenNothing)
{
    ExpectRefused(world_->client().Call(kListOrders, ""), "NOT_AUTHENTICATED");
    ExpectRefused(ListOrdersWith(""), "NOT_AUTHENTICATED");
    const auto header = HeaderFor(Url(), "", world_->one().customer);
    ExpectRefused(world_->client().Call(kListOrders, "", {{"x-authorization", header}}),
                  "NOT_AUTHENTICATED");
}

TEST_F(AuthenticationTest, OversizedMetadataIsRefusedAndTheServerGoesOn)
{
    auto event = GoodEvent();
    event.content = std::string(16 * 1024, 'x');
    ExpectRefused(ListOrdersWith(SignedHeader(event)), "AUTH_MALFORMED");
    ExpectRefused(ListOrdersWith("Bearer " + std::string(16 * 1024, 'f')), "SESSION_EXPIRED");

    // A flood may cost its sender the connection, and nobody else anything.
    const RawClient flooder{address()};
    const auto flood = flooder.Call(kListOrders, "",
                                    {{"authorization", "Bearer " + std::string(256 * 1024, 'f')}});
    EXPECT_EQ(flood.status.error_code(), StatusCode::RESOURCE_EXHAUSTED)
        << flood.status.error_message();
    for (const auto* key : {&world_->one().customer, &world_->two().customer}) {
        EXPECT_TRUE(ListOrdersWith(HeaderFor(Url(), "", *key)).ok());
    }
    EXPECT_TRUE(RawClient{address()}
                    .Call(kListOrders, "", {{"authorization", BearerOf(world_->one().customer)}})
                    .ok());
}

TEST(RestartedMarketplaceTest, ATokenOutlivesTheProgramAndAnUsedAuthorisationStaysUsed)
{
    RunningMarketplace marketplace{RunningMarketplace::Settings{{"authorities", "berth.test:443"}}};
    const auto key = nostr::SecretKey::Generate();
    const auto call = [&](const std::string& path, const std::string& authorization) {
        return RawClient{marketplace.address()}.Call(
            path, "", {{"authorization", authorization}, {":authority", "berth.test:443"}});
    };
    const auto header = [&](const std::string& path) {
        return nostr::MakeHttpAuth(
            {.url = "grpc://berth.test:443" + path, .method = "POST", .body = {}}, key,
            SystemClock{}.Now());
    };
    v1::CreateSessionResponse session;
    ASSERT_TRUE(session.ParseFromString(call(kCreateSession, header(kCreateSession)).body));
    const auto used = header(kListOrders);
    ASSERT_TRUE(call(kListOrders, used).ok());
    marketplace.Restart();
    EXPECT_EQ(call(kListOrders, used).reason, "AUTH_REPLAYED");
    EXPECT_TRUE(call(kListOrders, "Bearer " + session.token()).ok());
}

}  // namespace
}  // namespace berth::test
